package io.dotp.dns.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What the kernel dropped because a listener's receive buffer was full: the {@code drops} of
 * /proc/net/udp, asked socket by socket. Thread: any, one at a time, while the sockets are open.
 */
final class ReceiveDrops {
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
}
