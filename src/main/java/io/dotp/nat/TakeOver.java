package io.dotp.nat;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.NatController.StartResult;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.journal.Retirement;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.nat.nft.OpenResult;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The start: what an earlier run left is read, adopted, made so in the kernel, and published. */
final class TakeOver {
  private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);

  private final Pools pools;
  private final KernelShadow kernel;
  private final MappingTable.Writer table;
  private final NatNeighbours neighbours;
  private final NatMetrics metrics;

  TakeOver(
      Pools pools,
      KernelShadow kernel,
      MappingTable.Writer table,
      NatNeighbours neighbours,
      NatMetrics metrics) {
    this.pools = pools;
    this.kernel = kernel;
    this.table = table;
    this.neighbours = neighbours;
    this.metrics = metrics;
  }

  /** Nothing is answered before it. */
  StartResult adopt(LeaseEnds leases, long nowNanos, long leaseNanos) {
    Journal journal = neighbours.journal();
    ReadResult read = kernel.read();
    if (read instanceof ReadResult.Unreadable unreadable) {
      return failed(unreadable.cause(), unreadable.text());
    }
    ReadResult.Elements found = (ReadResult.Elements) read;
    Adoption adoption =
        Adoption.into(pools, found.elements().map(), journal.contents(), nowNanos, leaseNanos);
    Rejected rejected = kernel.take();
    if (rejected != null && !kernel.mend()) {
      return failed(rejected.cause(), rejected.text());
    }
    int duplicates = 0;
    for (Mapping mapping : adoption.adopted) {
      leases.watch(mapping);
      FakePool pool = pools.of(mapping);
      if (!pools.isGiving(pool)) {
        table.publishFake(mapping);
      } else if (pool.owned(mapping.name(), mapping.real()) == mapping) {
        table.publish(mapping);
      } else {
        // I5 with its one exception, as told in NatController.
        table.publishFake(mapping);
        duplicates++;
      }
    }
    adoption.unnoted.forEach(leases::note);
    neighbours.usage().requestDeleteUnmapped();
    pools.leave(adoption.leftovers);
    noteRests(adoption.retired);
    journal.freed(adoption.forgotten);
    journal.forgetContents();
    report(adoption, duplicates);
    return new StartResult.Started(adoption.adopted.size(), adoption.strangers.size(), duplicates);
  }

  private void noteRests(List<Retirement> retired) {
    for (int i = 0; i < retired.size(); i += LeaseEnds.A_CYCLE) {
      neighbours
          .journal()
          .retiring(retired.subList(i, Math.min(i + LeaseEnds.A_CYCLE, retired.size())));
    }
  }

  private static StartResult failed(CommitResult.Cause cause, String text) {
    OpenResult.Reason reason =
        cause == CommitResult.Cause.NOT_PERMITTED
            ? OpenResult.Reason.NOT_PERMITTED
            : OpenResult.Reason.REJECTED;
    return new StartResult.Failed(reason, "cannot take over the kernel's elements: " + text);
  }

  private void report(Adoption adoption, int duplicates) {
    metrics.adopted.add(adoption.adopted.size());
    metrics.foreignRemoved.add(adoption.strangers.size());
    LOG.info(
        "took over what the last run left adopted={} restored={} resting={} duplicates={}",
        adoption.adopted.size(),
        adoption.restored,
        adoption.resting,
        duplicates);
    if (!adoption.strangers.isEmpty()) {
      LOG.warn(
          "removed kernel elements outside every pool removed={} first={};"
              + " expected after a change of prefixes",
          adoption.strangers.size(),
          adoption.strangers.get(0));
    }
  }
}
