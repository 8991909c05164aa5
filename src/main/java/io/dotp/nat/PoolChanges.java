package io.dotp.nat;

import io.dotp.ip.Family;
import io.dotp.metrics.WarningGate;
import io.dotp.nat.journal.JournalContents;
import io.dotp.nat.journal.KnownPool;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.ReshapeResult;
import io.dotp.nat.nft.ReshapeResult.Refused;
import io.dotp.nat.nft.ReshapeResult.Reshaped;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Other pools and rules while the program runs: the rules first, then the mappings. Thread: nat.
 */
final class PoolChanges {
  private static final Logger LOG = LoggerFactory.getLogger(PoolChanges.class);

  private final Pools pools;
  private final KernelShadow kernel;
  private final MappingTable.Writer table;
  private final NatNeighbours neighbours;
  private final LongSupplier nanoClock;
  private final WarningGate refusals = new WarningGate();

  /** What the journal knows. */
  private Set<KnownPool> noted = Set.of();

  PoolChanges(
      Pools pools,
      KernelShadow kernel,
      MappingTable.Writer table,
      NatNeighbours neighbours,
      LongSupplier nanoClock) {
    this.pools = pools;
    this.kernel = kernel;
    this.table = table;
    this.neighbours = neighbours;
    this.nanoClock = nanoClock;
  }

  /** Goes on with what only an earlier run had, before its mappings are adopted. */
  void drainOn(NatSettings settings) {
    JournalContents left = neighbours.journal().contents();
    pools.drainOn(settings.draining(left), settings, nanoClock.getAsLong());
    noted = Set.copyOf(left.pools());
    notePools();
  }

  private void notePools() {
    Set<KnownPool> now = pools.known();
    if (now.equals(noted)) {
      return;
    }
    for (KnownPool each : noted) {
      if (now.stream().noneMatch(pool -> pool.prefix().equals(each.prefix()))) {
        neighbours.journal().pool(each, true);
      }
    }
    now.forEach(each -> neighbours.journal().pool(each, false));
    noted = now;
  }

  /** To be called while the kernel is usable and nothing is pending. */
  PoolReload change(NatSettings settings, LeaseEnds leases) {
    String obstacle = pools.obstacle(settings);
    if (obstacle != null) {
      return new PoolReload.Refused(obstacle);
    }
    String refusal = reshape(pools.rules(), pools.rulesWith(settings), leases);
    if (refusal != null) {
      return new PoolReload.Refused("the kernel refuses rules for the new pools: " + refusal);
    }
    if (pools.change(settings, nanoClock.getAsLong())) {
      pools.all().forEach(this::publish);
    }
    notePools();
    return new PoolReload.Done(
        (int) pools.all().stream().filter(each -> !pools.isInUse(each)).count());
  }

  /** A fake of a pool that gives no more is found by itself alone, and so is not renewed. */
  private void publish(FakePool pool) {
    boolean giving = pools.isGiving(pool);
    for (Mapping mapping : pool.mappings()) {
      boolean inKernel =
          mapping.state() == Mapping.State.LIVE || mapping.state() == Mapping.State.RETIRED;
      if (!inKernel) {
        continue;
      }
      if (giving && pool.owned(mapping.name(), mapping.real()) == mapping) {
        table.publish(mapping);
      } else {
        table.unpublishOwner(mapping);
      }
    }
  }

  /** Takes the rules of empty pools away. */
  void advance(LeaseEnds leases) {
    pools.forget();
    if (!pools.isDraining() || !kernel.isUsable()) {
      return;
    }
    long now = nanoClock.getAsLong();
    List<FakePool> drained = pools.drained(now);
    if (drained.isEmpty()) {
      return;
    }
    KernelRules before = pools.rules();
    drained.forEach(pools::leaveRules);
    String refusal = reshape(before, pools.rules(), leases);
    if (refusal != null) {
      drained.forEach(pool -> pools.stayInRules(pool, now));
      refusals.pass(
          now,
          suppressed ->
              LOG.warn(
                  "rules of empty pools stay for now text=\"{}\" suppressed={}",
                  refusal,
                  suppressed));
      return;
    }
    notePools();
    drained.forEach(
        pool -> LOG.info("pool is empty and its rules are gone pool={}", pool.prefix()));
  }

  /** Null when the rules are those for {@code wanted}. */
  private @Nullable String reshape(KernelRules before, KernelRules wanted, LeaseEnds leases) {
    if (wanted.equals(before)) {
      return null;
    }
    ReshapeResult result = kernel.reshape(wanted);
    if (result instanceof Refused refused) {
      return refused.cause() + " " + refused.text().strip();
    }
    Reshaped reshaped = (Reshaped) result;
    pools.capacity(Family.IPV4, reshaped.capacityIpv4());
    pools.capacity(Family.IPV6, reshaped.capacityIpv6());
    neighbours.usage().pools(wanted.prefixes());
    neighbours.rules().accept(wanted);
    // The sets of use may have been made anew.
    leases.forgetUse();
    return null;
  }
}
