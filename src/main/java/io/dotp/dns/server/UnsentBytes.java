package io.dotp.dns.server;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of replies that one TCP connection has not taken yet. Thread: its loop. */
final class UnsentBytes {
  private static final int PER_CONNECTION = 1 << 20;

  /** Everybody's: connections that leave much lying must not silence those that leave nothing. */
  private static final int FREE = 4_096;

  private final Budget budget;
  private int held;

  /** What all connections together may leave lying. Thread: any. */
  static final class Budget {
    private static final long TOTAL = 16L << 20;

    private final AtomicLong held = new AtomicLong();

    private boolean take(int bytes) {
      if (bytes > 0 && held.addAndGet(bytes) > TOTAL) {
        held.addAndGet(-bytes);
        return false;
      }
      return true;
    }
  }

  UnsentBytes(Budget budget) {
    this.budget = budget;
  }

  /** False when it is too much; every true needs one {@link #remove}. */
  boolean add(int bytes) {
    if (held + bytes > PER_CONNECTION || !budget.take(charged(held + bytes) - charged(held))) {
      return false;
    }
    held += bytes;
    return true;
  }

  void remove(int bytes) {
    budget.held.addAndGet(charged(held - bytes) - charged(held));
    held -= bytes;
  }

  private static int charged(int bytes) {
    return Math.max(0, bytes - FREE);
  }

  int held() {
    return held;
  }
}
