package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.nat.journal.JournalContents;
import io.dotp.nat.journal.JournalEntry;
import io.dotp.nat.journal.Retirement;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier run left in the kernel and in the journal, taken into the pools. Clients still
 * hold these fakes, so each keeps its real address whatever the hash would choose now. Where the
 * two contradict each other the kernel is right: flows went by it. Thread: nat.
 */
final class Adoption {
  /*
   * kernel   journal    becomes
   * pair     anything   LIVE, with the journal's names if it has the same pair
   * nothing  live       LIVE: the kernel lost it with the machine's power or by a flush; AT REST if its
   *                     real address has another fake by now, or the kernel has no room for it
   * nothing  at rest    AT REST, for what is left of it
   *
   * A stale journal has nothing to say where the kernel has nothing: all of it comes to rest from now
   * on, as nobody's.
   *
   * An element outside every pool has nobody to look after it and must leave. Its fake is remembered
   * as at rest all the same, in the journal and for Pools: the prefix may come back while clients
   * still have it.
   */

  /** Live from now on, with a fresh lease. */
  final List<Mapping> adopted = new ArrayList<>();

  /** Those of {@link #adopted} that the journal does not know as they are. */
  final List<Mapping> unnoted = new ArrayList<>();

  /** Fakes in the kernel outside every pool. */
  final List<IpAddress> strangers = new ArrayList<>();

  /** Those of kernel and journal outside every pool that clients may still have. */
  final List<Leftover> leftovers = new ArrayList<>();

  /** Those of {@link #leftovers} and of a stale journal whose rest begins now. */
  final List<Retirement> retired = new ArrayList<>();

  /** Fakes in the journal outside every pool that have rested. */
  final List<IpAddress> forgotten = new ArrayList<>();

  /** How many of {@link #adopted} the kernel did not have. */
  int restored;

  /** How many came to rest. */
  int resting;

  private final Pools pools;
  private final JournalContents journal;
  private final long nowNanos;
  private final long leaseNanos;

  private Adoption(Pools pools, JournalContents journal, long nowNanos, long leaseNanos) {
    this.pools = pools;
    this.journal = journal;
    this.nowNanos = nowNanos;
    this.leaseNanos = leaseNanos;
  }

  /**
   * @param found the kernel's map, fake to real
   */
  static Adoption into(
      Pools pools,
      Map<IpAddress, IpAddress> found,
      JournalContents journal,
      long nowNanos,
      long leaseNanos) {
    Adoption adoption = new Adoption(pools, journal, nowNanos, leaseNanos);
    found.forEach(adoption::fromKernel);
    List<Rest> rests = new ArrayList<>();
    journal
        .entries()
        .forEach(
            (fake, entry) -> {
              if (!found.containsKey(fake)) {
                adoption.fromJournal(fake, entry, rests);
              }
            });
    rests.sort(Comparator.comparingLong(Rest::restedNanos).reversed());
    for (Rest rest : rests) {
      long since = nowNanos - rest.restedNanos();
      JournalEntry entry = rest.entry();
      adoption.named(
          adoption.isOfRoute(rest.pool(), entry) && !journal.stale()
              ? rest.pool().adoptResting(rest.fake(), adoption.key(entry), entry.real(), since)
              : rest.pool().adoptRestingWithoutOwner(rest.fake(), entry.real(), since),
          entry);
    }
    adoption.resting = rests.size();
    return adoption;
  }

  /** A fake that comes to rest. */
  private record Rest(FakePool pool, IpAddress fake, JournalEntry entry, long restedNanos) {}

  private void fromKernel(IpAddress fake, IpAddress real) {
    FakePool pool = pools.holding(fake);
    JournalEntry entry = journal.entries().get(fake);
    if (pool == null) {
      strangers.add(fake);
      leave(fake, real, entry);
      return;
    }
    adopt(pool, fake, real, entry != null && entry.real().equals(real) ? entry : null);
  }

  private void fromJournal(IpAddress fake, JournalEntry entry, List<Rest> rests) {
    FakePool pool = pools.holding(fake);
    if (entry.real().family() != fake.family()) {
      forgotten.add(fake);
      return;
    }
    if (pool == null) {
      leave(fake, entry.real(), entry);
      return;
    }
    if (journal.stale()) {
      rests.add(new Rest(pool, fake, entry, 0));
      // Without a route, so that the next run gives it to nobody either.
      retired.add(new Retirement(fake, entry.real(), ""));
      return;
    }
    boolean fits = isOfRoute(pool, entry) && pools.hasRoom(fake.family());
    if (!entry.isResting() && fits && pool.owned(key(entry), entry.real()) == null) {
      adopt(pool, fake, entry.real(), entry);
      restored++;
    } else {
      rests.add(new Rest(pool, fake, entry, restedNanos(entry)));
    }
  }

  /** Whether a record is of the route that has its fake now: another one's owner is nobody here. */
  private boolean isOfRoute(FakePool pool, JournalEntry entry) {
    return pool.route().name().equals(entry.route());
  }

  /** Clients may still have the fake though no pool does. */
  private void leave(IpAddress fake, IpAddress real, @Nullable JournalEntry entry) {
    boolean resting =
        entry != null && entry.isResting() && entry.real().equals(real) && !journal.stale();
    long rested = resting && entry != null ? restedNanos(entry) : 0;
    if (rested >= pools.fullRestNanos()) {
      forgotten.add(fake);
      return;
    }
    leftovers.add(new Leftover(fake, real, nowNanos - rested));
    if (!resting) {
      retired.add(new Retirement(fake, real, entry == null ? "" : entry.route()));
    }
  }

  /** Half the range of the clock, which is compared by subtraction, is room enough. */
  private long restedNanos(JournalEntry entry) {
    long rested = TimeUnit.MILLISECONDS.toNanos(entry.restedMillis(journal.readMillis()));
    return Math.min(rested, Long.MAX_VALUE / 4);
  }

  /** Where names are keys, a fake without a known name is nobody's. */
  private void adopt(FakePool pool, IpAddress fake, IpAddress real, @Nullable JournalEntry entry) {
    DomainName key = entry == null ? null : key(entry);
    Mapping mapping =
        pools.namesAreKeys() && key == null
            ? pool.adoptWithoutOwner(fake, real, nowNanos, leaseNanos)
            : pool.adopt(fake, key, real, nowNanos, leaseNanos);
    adopted.add(entry == null ? mapping : named(mapping, entry));
    if (entry == null || entry.isResting()) {
      unnoted.add(mapping);
    }
  }

  /** The name that a fake is for, null where all names share it or none is known. */
  private @Nullable DomainName key(JournalEntry entry) {
    return pools.namesAreKeys() && !entry.names().isEmpty() ? entry.names().get(0) : null;
  }

  private Mapping named(Mapping mapping, JournalEntry entry) {
    entry.names().forEach(mapping::noteName);
    return mapping;
  }
}
