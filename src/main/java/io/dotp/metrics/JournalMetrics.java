package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the journal of mappings counts. Thread: any. */
public final class JournalMetrics {
  /** Records that reached the file one by one. */
  public final LongAdder written = new LongAdder();

  /** Changes that the file will not tell of: too many waited, or there are too many entries. */
  public final LongAdder dropped = new LongAdder();

  /** Retirements that the kernel was told of before the file, because the file took nothing. */
  public final LongAdder unwrittenRetirements = new LongAdder();

  /** Attempts to write, to rewrite or to sync that failed. */
  public final LongAdder writeFailures = new LongAdder();

  /** Times that the file was written anew, the one at start included. */
  public final LongAdder compactions = new LongAdder();

  /** Bytes of a torn or damaged end that were ignored at start. */
  public final LongAdder ignoredBytes = new LongAdder();

  /** Steps of the wall clock that were evened out. */
  public final LongAdder clockSteps = new LongAdder();

  public final LongAdder bugs = new LongAdder();
}
