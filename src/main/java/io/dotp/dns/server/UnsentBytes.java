package io.dotp.dns.server;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of replies that one TCP connection has not taken yet. Thread: its loop. */
final class UnsentBytes {
  private static final int PER_CONNECTION = 1 << 20;

  private final Budget budget;
  private int held;

  /** What all connections together may leave lying. Thread: any. */
  static final class Budget {
    private static final long TOTAL = 16L << 20;

    private final AtomicLong held = new AtomicLong();

    private boolean take(int bytes) {
      if (held.addAndGet(bytes) > TOTAL) {
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
    if (held + bytes > PER_CONNECTION || !budget.take(bytes)) {
      return false;
    }
    held += bytes;
    return true;
  }

  void remove(int bytes) {
    held -= bytes;
    budget.held.addAndGet(-bytes);
  }
}
