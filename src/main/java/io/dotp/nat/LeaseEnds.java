package io.dotp.nat;

import io.dotp.metrics.NatMetrics;
import io.dotp.metrics.WarningGate;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.journal.Retirement;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.LeaseWheel;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.Mapping.State;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.usage.Usage;
import io.dotp.nat.usage.UseReading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens to a mapping from the end of its lease until its fake rests. Thread: nat. */
final class LeaseEnds {
  /*
   *   lease over --> unclear (LIVE) --idle--> announced (RETIRED) --written--> deleted --> at rest
   *                     |                         |
   *                     +--traffic, pin, answer   +--acquire: LIVE again
   *                        --> the wheel again
   *
   * Whether traffic goes on is known from a reading of the kernel that began after the lease ended,
   * never from an older one: a packet may have come in between. The mapping is live until then and
   * any answer renews it.
   *
   * A rest begins in the journal before the kernel is told to delete, so that a crash in between
   * leaves a fake that the kernel still maps, which wins at the next start, and never one that
   * nobody knows.
   *
   * A kernel that does not take deletes keeps its mappings live: a lease may be too long.
   */

  private static final Logger LOG = LoggerFactory.getLogger(LeaseEnds.class);

  /** A disk that hangs must not fill the pool. */
  private static final long JOURNAL_PATIENCE_NANOS = 5_000_000_000L;

  /** Mappings looked at in one cycle, and so mappings in one delete transaction. */
  static final int A_CYCLE = 256;

  /** Mappings that may be between the wheel and the kernel's delete. */
  private static final int MOST_UNDER_WAY = 65_536;

  private final Pools pools;
  private final KernelShadow kernel;
  private final MappingTable.Writer table;
  private final Usage usage;
  private final Journal journal;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final long leaseNanos;
  private final long maxLeaseNanos;
  private final LeaseWheel wheel;
  private final WarningGate lateWarnings = new WarningGate();

  /** LIVE, in the order of their entry. */
  private final Deque<Unclear> unclear = new ArrayDeque<>();

  /** RETIRED, with elements that the kernel has; a batch keeps those that were revoked. */
  private final Deque<Announced> announced = new ArrayDeque<>();

  /** The batch that each of them is in. */
  private final IdentityHashMap<Mapping, Announced> batchOf = new IdentityHashMap<>();

  /** RETIRED, with elements that the kernel did not delete when told to; a restoration will. */
  private final List<Mapping> undeleted = new ArrayList<>();

  /** When the reading was asked for that is waited for. */
  private long askedNanos;

  private boolean asked;

  /** Until then an absence from the kernel's sets of use says nothing. */
  private long blindUntil;

  /** Waits for a reading that began at {@code sinceNanos} or later. */
  private record Unclear(Mapping mapping, long sinceNanos) {}

  /** Waits for the journal. */
  private record Announced(long ticket, long sinceNanos, List<Mapping> mappings) {}

  LeaseEnds(
      NatSettings settings,
      Pools pools,
      KernelShadow kernel,
      MappingTable.Writer table,
      NatNeighbours neighbours,
      NatMetrics metrics,
      LongSupplier nanoClock) {
    this.pools = pools;
    this.kernel = kernel;
    this.table = table;
    this.usage = neighbours.usage();
    this.journal = neighbours.journal();
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    leaseNanos = settings.leaseNanos();
    maxLeaseNanos = settings.nat().maxLease().toNanos();
    wheel = new LeaseWheel(nanoClock.getAsLong(), leaseNanos);
    blindUntil = nanoClock.getAsLong();
  }

  /** Looks after the lease of a mapping that has become live. */
  void watch(Mapping mapping) {
    wheel.add(mapping);
  }

  /**
   * Takes every mapping one step on that can go.
   *
   * @return whether more can be done at once
   */
  boolean advance() {
    if (!kernel.isUsable()) {
      return false;
    }
    long now = nanoClock.getAsLong();
    boolean more = false;
    if (unclear.size() + batchOf.size() < MOST_UNDER_WAY) {
      more = wheel.advance(now, A_CYCLE, mapping -> onDue(mapping, now)) == 0;
    }
    more |= clearUp(now);
    more |= deleteAnnounced();
    return more;
  }

  /** Time until there can be something to do that nobody tells of. */
  long nanosToNextWork() {
    return wheel.nanosToNextTick(nanoClock.getAsLong());
  }

  private void onDue(Mapping mapping, long now) {
    if (mapping.isPinned()) {
      keep(mapping, now + leaseNanos);
    } else {
      unclear.add(new Unclear(mapping, now));
    }
  }

  private void keep(Mapping mapping, long untilNanos) {
    mapping.keepForTraffic(untilNanos, leaseNanos);
    wheel.add(mapping);
  }

  /** Decides about those that the latest reading is new enough for. */
  private boolean clearUp(long now) {
    if (unclear.isEmpty()) {
      return false;
    }
    UseReading reading = readingSince(unclear.getFirst().sinceNanos());
    if (reading == null) {
      return false;
    }
    asked = false;
    List<Mapping> idle = new ArrayList<>();
    int looks = 0;
    @Nullable Unclear next;
    while (looks < A_CYCLE
        && (next = unclear.peekFirst()) != null
        && reading.begunNanos() - next.sinceNanos() >= 0) {
      unclear.removeFirst();
      decide(next.mapping(), reading, now, idle);
      looks++;
    }
    announce(idle);
    return !unclear.isEmpty();
  }

  /** The latest reading, if it began late enough; asks for one otherwise. */
  private @Nullable UseReading readingSince(long nanos) {
    UseReading reading = usage.use();
    if (reading == null || reading.begunNanos() - nanos < 0) {
      if (!asked || askedNanos - nanos < 0) {
        asked = true;
        askedNanos = nanoClock.getAsLong();
        usage.requestUse();
        reading = usage.use();
      }
    }
    return reading == null || reading.begunNanos() - nanos < 0 ? null : reading;
  }

  private void decide(Mapping mapping, UseReading reading, long now, List<Mapping> idle) {
    if (!mapping.isOver(now)) {
      wheel.add(mapping);
      return;
    }
    long left = leftOf(mapping, reading, now);
    if (mapping.isPinned()) {
      keep(mapping, now + leaseNanos);
    } else if (left > 0 && now - mapping.answeredAt(leaseNanos) < maxLeaseNanos) {
      metrics.keptByTraffic.increment();
      keep(mapping, now + left);
    } else if (pools.of(mapping).tryRetire(mapping, now)) {
      idle.add(mapping);
    } else {
      // Renewed or pinned at this very moment.
      keep(mapping, mapping.isOver(now) ? now + leaseNanos : now);
    }
  }

  /** The table was made anew, and what had been in use is not known any more. */
  void forgetUse() {
    blindUntil = nanoClock.getAsLong() + leaseNanos;
  }

  /** For how long traffic keeps the mapping; at least a tick, so that the wheel moves on. */
  private long leftOf(Mapping mapping, UseReading reading, long now) {
    if (reading instanceof UseReading.InUse inUse) {
      Map<?, Long> left = inUse.leftNanos();
      Long nanos = left.get(mapping.fake());
      long known = nanos == null ? blindUntil - now : Math.max(nanos, LeaseWheel.TICK_NANOS);
      return Math.min(known, leaseNanos);
    }
    return leaseNanos;
  }

  private void announce(List<Mapping> idle) {
    if (idle.isEmpty()) {
      return;
    }
    metrics.retired.add(idle.size());
    List<Retirement> records = new ArrayList<>(idle.size());
    for (Mapping mapping : idle) {
      records.add(new Retirement(mapping.fake(), mapping.real(), mapping.route().name()));
    }
    Announced batch = new Announced(journal.retiring(records), nanoClock.getAsLong(), idle);
    announced.add(batch);
    idle.forEach(mapping -> batchOf.put(mapping, batch));
  }

  /** One transaction a cycle. */
  private boolean deleteAnnounced() {
    Announced batch = announced.peekFirst();
    if (batch == null || !isNoted(batch)) {
      return false;
    }
    announced.removeFirst();
    List<Mapping> due = new ArrayList<>(batch.mappings());
    due.removeIf(mapping -> !batchOf.remove(mapping, batch));
    undeleted.addAll(due);
    if (!due.isEmpty() && !kernel.delete(due)) {
      return false;
    }
    settle();
    return !announced.isEmpty();
  }

  /** Whether the journal has it, or a disk that hangs has been waited for long enough. */
  private boolean isNoted(Announced batch) {
    if (journal.isWritten(batch.ticket())) {
      return true;
    }
    long now = nanoClock.getAsLong();
    if (now - batch.sinceNanos() < JOURNAL_PATIENCE_NANOS) {
      return false;
    }
    metrics.restsNotAwaited.add(batch.mappings().size());
    lateWarnings.pass(
        now,
        suppressed ->
            LOG.warn(
                "journal of mappings does not get written, a crash now would shorten rests"
                    + " rests={} suppressed={}",
                batch.mappings().size(),
                suppressed));
    return true;
  }

  /** What is deleted rests from the moment that the kernel is known not to have it any more. */
  void settle() {
    if (!kernel.isInStep()) {
      return;
    }
    for (Mapping mapping : undeleted) {
      table.unpublish(mapping);
      pools.of(mapping).rest(mapping, nanoClock.getAsLong());
    }
    undeleted.clear();
  }

  /** A retired mapping is wanted again, and the kernel still has its elements: it lives on. */
  void revoke(Mapping mapping) {
    if (batchOf.remove(mapping) == null) {
      undeleted.remove(mapping);
    }
    kernel.keep(mapping);
    pools.of(mapping).activate(mapping, nanoClock.getAsLong(), leaseNanos);
    wheel.add(mapping);
    note(mapping);
  }

  /** Has the journal know that a mapping is live. */
  void note(Mapping mapping) {
    journal.live(mapping.fake(), mapping.real(), mapping.route().name(), mapping.names());
  }

  /** After a bug: whatever was under way begins again. */
  void startOver() {
    unclear.clear();
    announced.clear();
    batchOf.clear();
    undeleted.clear();
    asked = false;
    for (FakePool pool : pools.all()) {
      for (Mapping mapping : pool.mappings()) {
        if (mapping.state() == State.RETIRED) {
          undeleted.add(mapping);
        } else if (mapping.state() == State.LIVE && !mapping.isListed()) {
          wheel.add(mapping);
        }
      }
    }
  }
}
