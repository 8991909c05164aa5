package io.dotp.nat;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether the kernel's table may have been changed behind our back. While it may, no fake is
 * answered: what looks live may be gone.
 */
final class Doubt {
  private final AtomicInteger raised = new AtomicInteger();

  /** What {@link #raised} was when the table was last made what it should be. */
  private volatile int settled;

  /** Somebody else wrote to the table, or may have. Thread: any. */
  void raise() {
    raised.incrementAndGet();
  }

  /** Thread: any. */
  boolean isOpen() {
    return raised.get() != settled;
  }

  /** To be had before the table is looked at, for {@link #settle}. Thread: nat. */
  int before() {
    return raised.get();
  }

  /** The table is as it should be; doubts raised since {@link #before} stay. Thread: nat. */
  void settle(int before) {
    settled = before;
  }
}
