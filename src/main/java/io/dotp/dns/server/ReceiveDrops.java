package io.dotp.dns.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What the kernel dropped because a listener's receive buffer was full: the {@code drops} of
 * /proc/net/udp, asked socket by socket. Thread: any, one at a time, while the sockets are open.
 */
final class ReceiveDrops {
  private static final int SK_MEMINFO_DROPS = 8;

  /** SO_MEMINFO of linux/sock_diag.h: nine numbers of 32 bits. */
  private static final RawUnixChannelOption SO_MEMINFO =
      new RawUnixChannelOption("SO_MEMINFO", 1, 55, 4 * (SK_MEMINFO_DROPS + 1));

  private final LongAdder sum;
  private final List<Counter> counters = new ArrayList<>();

  /**
   * @param sum of all sockets, also those that are closed by now
   */
  ReceiveDrops(LongAdder sum) {
    this.sum = sum;
  }

  /** A socket's counter, which wraps at 2^32, and what it said last. */
  private static final class Counter {
    final LongSupplier drops;
    long last;

    Counter(LongSupplier drops) {
      this.drops = drops;
    }
  }

  /**
   * @param drops since the socket was opened, modulo 2^32
   */
  synchronized void watch(LongSupplier drops) {
    counters.add(new Counter(drops));
  }

  /** Watches an epoll channel. */
  void watch(Channel channel) {
    watch(() -> drops(channel));
  }

  /** Adds what came since the last time. */
  synchronized void sample() {
    for (Counter counter : counters) {
      long now = counter.drops.getAsLong();
      sum.add(now - counter.last & 0xffff_ffffL);
      counter.last = now;
    }
  }

  /** Takes the last figures; from now on the sockets may close. */
  synchronized void end() {
    sample();
    counters.clear();
  }

  private static long drops(Channel channel) {
    try {
      ByteBuffer numbers = channel.config().getOption(SO_MEMINFO);
      return Integer.toUnsignedLong(
          numbers.duplicate().order(ByteOrder.nativeOrder()).getInt(4 * SK_MEMINFO_DROPS));
    } catch (ChannelException e) {
      // A kernel before 4.12 does not tell.
      return 0;
    }
  }
}
