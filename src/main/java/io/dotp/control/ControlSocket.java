package io.dotp.control;

import io.dotp.metrics.ControlMetrics;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.HalfCloseCure;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.PeerCredentials;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a Unix socket. Everything is bounded: connections, the size of a request, the time
 * that it may take to come, and the time that its answer may take to go. Thread: main; clients live
 * on the loop.
 */
public final class ControlSocket implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 32;
  private static final int LONGEST_LINE = 4096;
  private static final int LONGEST_HEADER = 8192;
  private static final int CHUNK = 8192;
  private static final int LONGEST_BODY = 16_384;

  private final SocketFile file;
  private final ControlApi api;
  private final ControlMetrics metrics;
  private final long patienceMillis;
  private final EventLoop loop;
  private @Nullable Channel listener;

  /** Whether the file's mode, which the kernel checks, has let in more than root and ourselves. */
  private volatile boolean openToGroup;

  private volatile int ownUser = -1;
  private int connections;

  /**
   * @param loop of the clients
   * @param patienceMillis for a request to come whole, and for its answer to be read
   */
  public ControlSocket(
      Path path,
      EventLoop loop,
      ControlFunctions functions,
      ControlMetrics metrics,
      long patienceMillis) {
    this.file = new SocketFile(path);
    this.loop = loop;
    this.api = new ControlApi(functions);
    this.metrics = metrics;
    this.patienceMillis = patienceMillis;
  }

  /**
   * Makes room for a socket.
   *
   * @return what is in the way, with the remedy; null when nothing is
   */
  public static @Nullable String obstacle(Path path) {
    return new SocketFile(path).prepare();
  }

  /**
   * Starts to listen.
   *
   * @return null, or why it cannot
   */
  public @Nullable String bind() {
    String obstacle = file.prepare();
    if (obstacle != null) {
      return obstacle;
    }
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerDomainSocketChannel.class)
            .childHandler(new Accepted())
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .bind(new DomainSocketAddress(file.path().toFile()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      return file.path() + ": " + bound.cause().getMessage();
    }
    listener = bound.channel();
    try {
      ownUser = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      openToGroup = file.protect();
      return null;
    } catch (IOException e) {
      return file.path() + ": its rights cannot be set: " + e;
    }
  }

  private boolean mayCommand(EpollDomainSocketChannel client) throws IOException {
    PeerCredentials peer = client.peerCredentials();
    return peer.uid() == 0 || peer.uid() == ownUser || openToGroup;
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close().awaitUninterruptibly();
    }
  }

  /** Lets clients in. Thread: the loop. */
  private final class Accepted extends ChannelInitializer<EpollDomainSocketChannel> {
    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    protected void initChannel(EpollDomainSocketChannel client) throws IOException {
      HalfCloseCure.apply(client);
      if (connections >= MOST_CONNECTIONS) {
        metrics.overLimit.increment();
        client.close();
        return;
      }
      if (!mayCommand(client)) {
        metrics.strangers.increment();
        client.close();
        return;
      }
      connections++;
      client.closeFuture().addListener(closed -> connections--);
      client
          .pipeline()
          .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEADER, CHUNK))
          .addLast(new HttpObjectAggregator(LONGEST_BODY, true))
          .addLast(new ControlConnection(api, metrics, patienceMillis));
    }
  }
}
