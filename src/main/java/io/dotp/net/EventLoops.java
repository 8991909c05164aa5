package io.dotp.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Event loops, named as {@code dotp-loop-1..n}; a query or session lives on one of them from begin
 * to end.
 */
public final class EventLoops implements AutoCloseable {
  private final EventLoopGroup group;
  private final List<EventLoop> loops;

  /**
   * @param count number of loops, usually one per core
   */
  public EventLoops(int count) {
    this(count, "dotp-loop");
  }

  /**
   * @param name of the threads, before their numbers
   */
  public EventLoops(int count, String name) {
    group =
        new MultiThreadIoEventLoopGroup(
            count, new DefaultThreadFactory(name), EpollIoHandler.newFactory());
    List<EventLoop> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(group.next());
    }
    loops = List.copyOf(all);
  }

  public List<EventLoop> all() {
    return loops;
  }

  /** Stops the loops; what is still queued on them runs first. Thread: main, never a loop. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
