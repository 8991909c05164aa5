package io.dotp.nat.usage;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts readings together from the sets of the table and from connection tracking. Thread: usage.
 */
final class KernelReader implements KernelUsage.Reader {
  private static final Logger LOG = LoggerFactory.getLogger(KernelReader.class);

  private final KernelUsage.Settings settings;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final NetfilterDialogue dialogue = new NetfilterDialogue();
  private final ConntrackTable conntrack = new ConntrackTable(dialogue);
  private volatile List<IpPrefix> pools;
  private Set<String> stoodIn = Set.of();

  KernelReader(KernelUsage.Settings settings, NatMetrics metrics, LongSupplier nanoClock) {
    this.settings = settings;
    this.pools = settings.pools();
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  @Override
  public void pools(List<IpPrefix> other) {
    pools = List.copyOf(other);
  }

  @Override
  public UseReading readUse() {
    long begunNanos = nanoClock.getAsLong();
    Map<IpAddress, Long> inUse = new HashMap<>();
    Set<String> substitutes = new HashSet<>();
    for (Family family : families()) {
      UsedSet set = new UsedSet(settings.table(), family, settings.leaseNanos());
      UsedSet.Result result = set.read(dialogue);
      String why = "";
      if (result instanceof UsedSet.Result.Elements elements) {
        elements.leftNanos().forEach((fake, left) -> noteUse(inUse, fake, left));
        why = elements.full() ? "set " + UsedSet.name(family) + " is full" : "";
      } else if (result instanceof UsedSet.Result.Unfit unfit) {
        why = unfit.cause();
      }
      if (!why.isEmpty()) {
        substitutes.add(why);
        ConntrackTable.Listing flows = conntrack.list(family, this::isInPool);
        if (flows.error() != 0) {
          return new UseReading.Unreadable(begunNanos, why + "; " + failure(flows.error()));
        }
        flows.entries().forEach(e -> noteUse(inUse, e.destination(), settings.leaseNanos()));
      }
    }
    if (!substitutes.equals(stoodIn)) {
      stoodIn = substitutes;
      if (!substitutes.isEmpty()) {
        LOG.info("connection tracking tells which mappings are in use: {}", substitutes);
      }
    }
    return new UseReading.InUse(begunNanos, inUse);
  }

  private void noteUse(Map<IpAddress, Long> inUse, IpAddress fake, long leftNanos) {
    if (isInPool(fake)) {
      inUse.merge(fake, leftNanos, Math::max);
    }
  }

  @Override
  public FlowReading readFlows(Set<IpAddress> asked, Set<IpAddress> mayDelete) {
    long begunNanos = nanoClock.getAsLong();
    Set<IpAddress> held = new HashSet<>();
    for (Family family : Family.values()) {
      if (asked.stream().noneMatch(fake -> fake.family() == family)) {
        continue;
      }
      ConntrackTable.Listing flows = conntrack.list(family, asked::contains);
      if (flows.error() != 0) {
        return new FlowReading.Unreadable(begunNanos, asked, failure(flows.error()));
      }
      for (ConntrackEntry entry : flows.entries()) {
        boolean deleted =
            mayDelete.contains(entry.destination())
                && entry.isOver()
                && conntrack.delete(entry, ConntrackEntry::isOver);
        if (deleted) {
          metrics.flowsDeleted.increment();
        } else {
          held.add(entry.destination());
        }
      }
    }
    return new FlowReading.Flows(begunNanos, asked, held);
  }

  @Override
  public long deleteUnmapped() {
    long deleted = 0;
    for (Family family : families()) {
      ConntrackTable.Listing flows = conntrack.list(family, this::isInPool);
      if (flows.error() != 0) {
        LOG.warn("flows that were not rewritten cannot be found: {}", failure(flows.error()));
      }
      for (ConntrackEntry entry : flows.entries()) {
        if (entry.isLost() && conntrack.delete(entry, ConntrackEntry::isLost)) {
          deleted++;
        }
      }
    }
    metrics.unmappedFlowsDeleted.add(deleted);
    if (deleted > 0) {
      LOG.info("deleted conntrack entries of flows that were not rewritten count={}", deleted);
    }
    return deleted;
  }

  private static String failure(int error) {
    return "connection tracking cannot be read, error "
        + error
        + (error == 1 ? " (CAP_NET_ADMIN is needed)" : "");
  }

  private boolean isInPool(IpAddress fake) {
    for (IpPrefix pool : pools) {
      if (pool.contains(fake)) {
        return true;
      }
    }
    return false;
  }

  private List<Family> families() {
    return pools.stream().map(IpPrefix::family).distinct().toList();
  }

  @Override
  public void close() {
    dialogue.close();
  }
}
