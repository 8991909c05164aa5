package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the NAT writer counts. Thread: any. */
public final class NatMetrics {
  public final LongAdder created = new LongAdder();
  public final LongAdder renewed = new LongAdder();
  public final LongAdder retired = new LongAdder();

  /** Fakes that came back to their old real address out of quarantine. */
  public final LongAdder revived = new LongAdder();

  public final LongAdder adopted = new LongAdder();

  /** Kernel elements of an earlier run that fit no pool and were removed. */
  public final LongAdder foreignRemoved = new LongAdder();

  public final LongAdder poolExhausted = new LongAdder();
  public final LongAdder kernelRefused = new LongAdder();
  public final LongAdder overloaded = new LongAdder();
  public final LongAdder commitDeadlineMissed = new LongAdder();
  public final LongAdder transactions = new LongAdder();
  public final LongAdder failedTransactions = new LongAdder();
  public final LongAdder resyncs = new LongAdder();

  /** How often others changed, or may have changed, our table. */
  public final LongAdder foreignChanges = new LongAdder();

  /** Losses of kernel notifications, each taken for a change. */
  public final LongAdder watchOverruns = new LongAdder();

  public final LongAdder bugs = new LongAdder();
}
