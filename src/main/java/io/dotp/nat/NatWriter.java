package io.dotp.nat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Refused;
import io.dotp.nat.NatController.StartResult;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.Mapping.State;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.usage.Usage;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One cycle after the other: retire what ran out, give fakes to the waiting, have the kernel take
 * them, publish, tell the waiting. Every step is bounded, so neither a burst of expiries nor one of
 * queries holds up the other. Thread: nat, for everything but {@link #status}.
 */
final class NatWriter {
  /** Mappings in one add transaction; beyond that a transaction costs more than it saves. */
  static final int BATCH = 500;

  private static final long SHORTEST_WAIT_NANOS = 1_000_000;

  private final Pools pools;
  private final KernelShadow kernel;
  private final MappingTable.Writer table;
  private final LeaseEnds leases;
  private final Releases releases;
  private final PoolChanges changes;
  private final NatNeighbours neighbours;
  private final Journal journal;
  private final Usage usage;
  private final PoolAlarm alarm = new PoolAlarm();
  private final ClientQuotas quotas;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final long leaseNanos;
  private final long commitDeadlineNanos;
  private volatile NatStatus status = NatStatus.EMPTY;

  /** The cycle's work, a field only so that {@link #abandon} can answer it after a bug. */
  private Batch batch = new Batch();

  private final RefusedReals refusedReals = new RefusedReals();

  /** A request that is being taken up, or did not fit into the last batch as a whole. */
  private @Nullable AcquireRequest partial;

  NatWriter(
      NatSettings settings,
      OpenResult.Opened opened,
      MappingTable.Writer table,
      NatNeighbours neighbours,
      Doubt doubt,
      NatMetrics metrics,
      LongSupplier nanoClock) {
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.table = table;
    leaseNanos = settings.leaseNanos();
    commitDeadlineNanos = settings.nat().commitDeadline().toNanos();
    pools =
        new Pools(
            settings,
            family -> family == Family.IPV4 ? opened.capacityIpv4() : opened.capacityIpv6());
    this.neighbours = neighbours;
    journal = neighbours.journal();
    usage = neighbours.usage();
    quotas = new ClientQuotas(settings.nat().pool().clientLimits(), metrics);
    kernel = new KernelShadow(opened.nftables(), pools, doubt, metrics, nanoClock);
    leases = new LeaseEnds(settings, pools, kernel, table, neighbours, metrics, nanoClock);
    releases = new Releases(pools, neighbours, metrics, nanoClock);
    changes = new PoolChanges(pools, kernel, table, neighbours, nanoClock);
    changes.drainOn(settings);
  }

  /** Takes over what an earlier run left; nothing is answered before. */
  StartResult adopt() {
    StartResult result =
        new TakeOver(pools, kernel, table, neighbours, metrics)
            .adopt(leases, nanoClock.getAsLong(), leaseNanos);
    count();
    return result;
  }

  /**
   * Does one round of what there is to do.
   *
   * @return whether more is waiting already
   */
  boolean cycle(RequestQueue queue) {
    if (nanosOfRest() > 0) {
      return false;
    }
    if (kernel.needsMending() && !kernel.isPaused()) {
      kernel.mend();
      leases.settle();
    }
    onHealed();
    boolean more = leases.advance();
    onHealed();
    fill(queue);
    count();
    commit();
    if (kernel.isDoubtful() && !kernel.isPaused()) {
      // Whoever is told now must not be told of what may be gone.
      kernel.mend();
    }
    onHealed();
    leases.settle();
    more |= releases.advance();
    changes.advance(leases);
    pools.all().stream()
        .filter(pools::isInUse)
        .forEach(pool -> alarm.check(pool, nanoClock.getAsLong()));
    count();
    batch.deliver();
    batch = new Batch();
    return more || isBehind(queue);
  }

  /** After somebody else's change: packets may have passed unrewritten, sets of use may be new. */
  private void onHealed() {
    if (kernel.takeHealed()) {
      usage.requestDeleteUnmapped();
      leases.forgetUse();
    }
  }

  /**
   * How long the waiting are left waiting, because the table cannot be looked at so soon: not
   * longer than they would wait themselves. In a longer pause they are refused at once.
   */
  long nanosOfRest() {
    if (!kernel.needsMending()) {
      return 0;
    }
    if (!kernel.isPaused()) {
      return kernel.resyncLeftNanos();
    }
    long pause = kernel.isDoubtful() ? kernel.pauseLeftNanos() : 0;
    return pause <= commitDeadlineNanos ? pause : 0;
  }

  /** Whether somebody waits. */
  boolean isBehind(RequestQueue queue) {
    return partial != null || !queue.isEmpty();
  }

  /** Whatever a bug left half done: everybody is answered and nothing is believed. */
  void abandon() {
    for (Mapping mapping : batch.fresh) {
      if (mapping.state() == State.PENDING) {
        pools.of(mapping).giveBack(mapping, nanoClock.getAsLong());
      } else if (mapping.state() == State.LIVE) {
        table.publish(mapping);
      }
    }
    leases.startOver();
    releases.startOver();
    if (partial != null) {
      batch.requests.add(partial);
      partial = null;
    }
    batch.requests.forEach(request -> request.refuseRest(Cause.KERNEL_REFUSED));
    kernel.distrust();
    batch.deliver();
    batch = new Batch();
  }

  /** What the rules know. */
  List<IpPrefix> prefixes() {
    return pools.prefixes();
  }

  /** Whether {@link #reload} can be done now. */
  boolean canReload() {
    return kernel.isUsable();
  }

  /** Takes other pools over, between two cycles. */
  PoolReload reload(NatSettings settings) {
    PoolReload result = changes.change(settings, leases);
    count();
    return result;
  }

  /** Answers everybody who is still waiting. */
  void refuseAll(RequestQueue queue, Cause cause) {
    Batch last = new Batch();
    @Nullable AcquireRequest request = partial != null ? partial : queue.poll();
    partial = null;
    while (request != null) {
      request.refuseRest(cause);
      last.requests.add(request);
      request = queue.poll();
    }
    last.deliver();
  }

  void close() {
    usage.close();
    kernel.close();
  }

  /** Time until there can be something to do that nobody asks for; never 0. */
  long nanosToNextWork() {
    // Leases stand still, and are overdue, while the kernel is left alone.
    long nanos = kernel.isUsable() ? leases.nanosToNextWork() : kernel.pauseLeftNanos();
    return Math.max(SHORTEST_WAIT_NANOS, nanos);
  }

  NatStatus status() {
    return status;
  }

  private void fill(RequestQueue queue) {
    @Nullable AcquireRequest request = partial != null ? partial : queue.poll();
    while (request != null) {
      partial = request;
      int index;
      while (!batch.isFull() && (index = request.takeNext()) >= 0) {
        assign(request, index);
      }
      if (!request.isTakenUp()) {
        return;
      }
      batch.requests.add(request);
      partial = null;
      request = batch.isFull() ? null : queue.poll();
    }
  }

  private void assign(AcquireRequest request, int index) {
    batch.addresses++;
    long now = nanoClock.getAsLong();
    IpAddress real = request.real(index);
    FakePool pool = pools.of(request.route(), real.family());
    if (pool == null) {
      request.decide(index, new Refused(Cause.NO_POOL));
      return;
    }
    Mapping owned = pool.owned(request.name(), real);
    if (owned == null) {
      assignFresh(request, index, pool);
    } else if (kernel.isDoubtful()) {
      refuseUnusable(request, index);
    } else if (owned.state() == State.LIVE) {
      owned.tryRenew(now, leaseNanos);
      metrics.renewed.increment();
      request.decide(index, new Mapped(owned));
    } else if (owned.state() == State.RETIRED && !kernel.surelyHolds(owned)) {
      refuseUnusable(request, index);
    } else if (owned.state() == State.RETIRED) {
      leases.revoke(owned);
      request.decide(index, new Mapped(owned));
    } else {
      if (owned.state() == State.QUARANTINED && hasRoom(request, index, pool)) {
        pool.revive(owned);
        batch.fresh.add(owned);
      }
      if (owned.state() == State.PENDING) {
        batch.claims.add(new Batch.Claim(request, index, owned));
      }
    }
  }

  private void assignFresh(AcquireRequest request, int index, FakePool pool) {
    if (!hasRoom(request, index, pool)) {
      return;
    }
    long now = nanoClock.getAsLong();
    IpAddress client = request.client();
    if (client != null && !quotas.admits(client, pool, now)) {
      request.decide(index, new Refused(Cause.CLIENT_LIMIT));
      return;
    }
    Mapping taken = pool.take(request.name(), request.real(index), client);
    if (taken == null) {
      exhausted(request, index, pool);
      return;
    }
    if (client != null) {
      quotas.charge(client, now);
    }
    batch.fresh.add(taken);
    batch.claims.add(new Batch.Claim(request, index, taken));
  }

  /** Whether the kernel can take one more mapping; if not, the address is refused. */
  private boolean hasRoom(AcquireRequest request, int index, FakePool pool) {
    boolean paused = refusedReals.isPaused(request.real(index), nanoClock.getAsLong());
    if (!kernel.isUsable() || paused) {
      refuseUnusable(request, index);
      return false;
    }
    if (!pools.hasRoom(pool.prefix().family())) {
      exhausted(request, index, pool);
      return false;
    }
    return true;
  }

  private void refuseUnusable(AcquireRequest request, int index) {
    metrics.kernelRefused.increment();
    request.decide(index, new Refused(Cause.KERNEL_REFUSED));
  }

  private void exhausted(AcquireRequest request, int index, FakePool pool) {
    metrics.poolExhausted.increment();
    alarm.onExhausted(pool, nanoClock.getAsLong());
    request.decide(index, new Refused(Cause.POOL_EXHAUSTED));
  }

  private void commit() {
    IdentityHashMap<Mapping, CommitResult.Cause> refused = kernel.add(batch.fresh);
    long now = nanoClock.getAsLong();
    for (Mapping mapping : batch.fresh) {
      CommitResult.Cause refusal = refused.get(mapping);
      if (refusal != null) {
        pools.of(mapping).giveBack(mapping, now);
        if (KernelShadow.isOfAnElement(refusal) && refusal != CommitResult.Cause.FULL) {
          refusedReals.refused(mapping.real(), now);
        }
      } else {
        refusedReals.taken(mapping.real());
        publish(mapping);
      }
    }
    for (Batch.Claim claim : batch.claims) {
      CommitResult.Cause refusal = refused.get(claim.mapping());
      claim
          .request()
          .decide(claim.index(), refusal == null ? new Mapped(claim.mapping()) : refused(refusal));
    }
  }

  /** PENDING to LIVE: from here on it may be answered (I1, I2). */
  private void publish(Mapping mapping) {
    if (!mapping.isKnown() && mapping.name() != null) {
      // Should the journal have missed that it was freed, its first name would stay whom it is for.
      journal.freed(List.of(mapping.fake()));
    }
    (mapping.isKnown() ? metrics.revived : metrics.created).increment();
    pools.of(mapping).activate(mapping, nanoClock.getAsLong(), leaseNanos);
    leases.watch(mapping);
    table.publish(mapping);
    leases.note(mapping);
  }

  private Refused refused(CommitResult.Cause refusal) {
    boolean full = refusal == CommitResult.Cause.FULL;
    (full ? metrics.poolExhausted : metrics.kernelRefused).increment();
    return new Refused(full ? Cause.POOL_EXHAUSTED : Cause.KERNEL_REFUSED);
  }

  private void count() {
    status =
        new NatStatus(counts(Family.IPV4), counts(Family.IPV6), pools.status(), kernel.isInStep());
  }

  private NatStatus.Counts counts(Family family) {
    return new NatStatus.Counts(
        pools.count(family, State.PENDING),
        pools.count(family, State.LIVE),
        pools.count(family, State.RETIRED),
        pools.count(family, State.QUARANTINED),
        pools.size(family),
        kernel.setElements(family));
  }
}
