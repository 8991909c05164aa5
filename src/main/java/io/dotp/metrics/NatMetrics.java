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

  /** Transactions sent once more because the kernel was busy, interrupted or short of memory. */
  public final LongAdder retriedTransactions = new LongAdder();

  /** Changes from netlink to libnftables while running; at most one in the life of a daemon. */
  public final LongAdder netlinkFallbacks = new LongAdder();

  public final LongAdder resyncs = new LongAdder();
  public final LongAdder bugs = new LongAdder();
}
