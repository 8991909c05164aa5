package io.dotp.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What the NAT writer counts. Thread: any. */
public final class NatMetrics {
  public final LongAdder created = new LongAdder();
  public final LongAdder renewed = new LongAdder();
  public final LongAdder retired = new LongAdder();

  /** Fakes that came back to their old real address out of quarantine. */
  public final LongAdder revived = new LongAdder();

  /** Leases that went on because of traffic, each time. */
  public final LongAdder keptByTraffic = new LongAdder();

  /** Fakes at rest that were not freed because flows to them went on, each time. */
  public final LongAdder heldByFlows = new LongAdder();

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

  /** Times that somebody else changed the table, or may have. */
  public final LongAdder foreignChanges = new LongAdder();

  public final LongAdder bugs = new LongAdder();
}
