package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the downloads of domain lists count. Thread: any. */
public final class FetchMetrics {
  /** Attempts of either end. */
  public final LongAdder started = new LongAdder();

  /** New lists that were put in place. */
  public final LongAdder replaced = new LongAdder();

  /** The source said that ours is the newest. */
  public final LongAdder unchanged = new LongAdder();

  /** No list came: name, connection, certificate, status, time, size. */
  public final LongAdder failed = new LongAdder();

  /** A list came that is none, or says too much that is not understood. */
  public final LongAdder refused = new LongAdder();

  /** Bytes of lists, decompressed. */
  public final LongAdder bytes = new LongAdder();
}
