package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What went wrong in the chores of the daemon. Thread: any. */
public final class ChoreMetrics {
  /** Chores that an exception or an error ended. */
  public final LongAdder bugs = new LongAdder();
}
