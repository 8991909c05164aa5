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

  /** New mappings that a client was refused for its own limits. */
  public final LongAdder clientLimited = new LongAdder();

  /** Clients whose rate was forgotten while it still said something. */
  public final LongAdder clientsForgotten = new LongAdder();

  public final LongAdder kernelRefused = new LongAdder();
  public final LongAdder overloaded = new LongAdder();
  public final LongAdder commitDeadlineMissed = new LongAdder();
  public final LongAdder transactions = new LongAdder();
  public final LongAdder failedTransactions = new LongAdder();

  /** Transactions sent once more because the kernel was busy, interrupted or short of memory. */
  public final LongAdder retriedTransactions = new LongAdder();

  /** Changes from netlink to libnftables while running; each lasts five minutes or more. */
  public final LongAdder netlinkFallbacks = new LongAdder();

  public final LongAdder resyncs = new LongAdder();

  /** Rests that began although the journal had not noted them yet. */
  public final LongAdder restsNotAwaited = new LongAdder();

  /** Times that somebody else changed the table, or may have. */
  public final LongAdder foreignChanges = new LongAdder();

  /** Losses of kernel notifications, each taken for a change. */
  public final LongAdder watchOverruns = new LongAdder();

  /** Ends of a socket that told of changes, each taken for a change. */
  public final LongAdder watchFailures = new LongAdder();

  /** Readings of what traffic uses, and of flows that hold fakes, failed ones too. */
  public final LongAdder useReadings = new LongAdder();

  public final LongAdder flowReadings = new LongAdder();

  /** Readings of either kind after which nobody can tell. */
  public final LongAdder usageUnreadable = new LongAdder();

  /** Fakes that were not asked about because too many were asked about at once. */
  public final LongAdder flowQuestionsDropped = new LongAdder();

  /** Conntrack entries that were over and held a resting fake. */
  public final LongAdder flowsDeleted = new LongAdder();

  /** Conntrack entries made while no rule rewrote. */
  public final LongAdder unmappedFlowsDeleted = new LongAdder();

  public final LongAdder bugs = new LongAdder();
}
