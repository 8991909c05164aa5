package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the control socket counts. Thread: any. */
public final class ControlMetrics {
  public final LongAdder requests = new LongAdder();

  /** Connections cut off because what came was no request. */
  public final LongAdder malformed = new LongAdder();

  /** Connections cut off because a request did not come, or its answer was not read, in time. */
  public final LongAdder tooSlow = new LongAdder();

  /** Connections cut off because there were too many. */
  public final LongAdder overLimit = new LongAdder();

  /** Connections cut off because their user may not give commands. */
  public final LongAdder strangers = new LongAdder();

  public final LongAdder bugs = new LongAdder();
}
