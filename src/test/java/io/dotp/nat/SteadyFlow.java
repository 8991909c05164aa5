package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.GatewayLab;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A client that was told a fake once and uses it every now and then, on a thread of its own. */
final class SteadyFlow {
  private static final int MILLIS = 5_000;

  private final Kind kind;
  private final IpAddress fake;
  private final IpAddress real;
  private final long periodNanos;
  private final Thread thread;
  private volatile boolean ending;
  private final AtomicInteger good = new AtomicInteger();
  private volatile @Nullable String failure;
  private volatile long longestNanos;

  enum Kind {
    /** A connection each time. */
    NEW_STREAMS,
    /** One connection, a byte each time. */
    ONE_STREAM,
    /** One socket, a datagram each time. */
    DATAGRAMS
  }

  SteadyFlow(GatewayLab lab, Kind kind, IpAddress fake, IpAddress real, Duration period) {
    this.kind = kind;
    this.fake = fake;
    this.real = real;
    this.periodNanos = period.toNanos();
    thread =
        new Thread(
            () -> {
              lab.enterClient();
              run();
            },
            "flow-" + kind + "-" + fake);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long begun = System.nanoTime();
    try {
      Talk lasting = kind == Kind.NEW_STREAMS ? null : open();
      long last = System.nanoTime();
      while (!ending) {
        String said;
        if (lasting == null) {
          try (Talk once = open()) {
            said = once.ask();
          }
        } else {
          said = lasting.ask();
        }
        longestNanos = Math.max(longestNanos, System.nanoTime() - last);
        if (!said.equals(real.toString())) {
          throw new IOException("reached " + said);
        }
        last = System.nanoTime();
        good.incrementAndGet();
        LockSupport.parkNanos(this, periodNanos);
      }
      if (lasting != null) {
        lasting.close();
      }
    } catch (IOException e) {
      failure = "after " + (System.nanoTime() - begun) / 1_000_000 + " ms: " + e;
    }
  }

  private Talk open() throws IOException {
    return kind == Kind.DATAGRAMS
        ? Talk.datagrams(fake, MILLIS, 0)
        : Talk.stream(fake, MILLIS, true);
  }

  /** How often the right server answered. */
  int good() {
    return good.get();
  }

  /** What ended it before its time, null for nothing. */
  @Nullable String failure() {
    return failure;
  }

  void end() {
    ending = true;
    LockSupport.unpark(thread);
    try {
      thread.join(2L * MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** For the message of a failed test: whether the client itself was late. */
  @Override
  public String toString() {
    return kind + " " + fake + " good=" + good + " longest ms=" + longestNanos / 1_000_000;
  }
}
