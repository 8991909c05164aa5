package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** How often the configuration was read again. Thread: any. */
public final class ReloadMetrics {
  /** Put in force. */
  public final LongAdder done = new LongAdder();

  /** Left aside because of a mistake in it, or because the kernel would not have it. */
  public final LongAdder refused = new LongAdder();
}
