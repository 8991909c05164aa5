package io.dotp.nat;

import io.dotp.config.NatConfig;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.journal.KnownPool;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.KernelRules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The pools of all routes. Thread: nat. */
final class Pools {
  /*
   * in use --another prefix, or none--> draining --nothing in the kernel--> out of the rules --all
   * rests over--> forgotten
   *
   * A pool that drains gives out nothing new, unless its route has no other pool of the family: then
   * a query that began by the old names may still want one. Its mappings live until their leases
   * end, and as long as one does the rules know its prefix.
   *
   * Without rules a fake leads nowhere, so its rest need not be waited for. It goes on all the same:
   * should the prefix come back, no client may find another real address behind an old fake.
   *
   * A prefix that comes back is the same pool again. One that grows or shrinks takes over what lies
   * within, so that every fake belongs to one pool, and those in both prefixes stay.
   */

  /** A fake rests at least this long, however scarce they are. */
  private static final Duration SHORTEST_REST = Duration.ofMinutes(2);

  /** Longer than any query takes that began by the names of before. */
  static final Duration SHORTEST_DRAIN = Duration.ofSeconds(6);

  private final Map<Family, Integer> capacity = new EnumMap<>(Family.class);
  private final boolean namesAreKeys;
  private final List<FakePool> all = new ArrayList<>();
  private final Map<Owner, FakePool> byOwner = new HashMap<>();

  /** Oldest first. */
  private final List<Leftover> leftovers = new ArrayList<>();

  private final long fullRestNanos;

  /** Since when each pool drains. */
  private final Map<FakePool, Long> draining = new HashMap<>();

  private final RuleMemory rules;

  /** Pools that the rules know no more. */
  private final Set<FakePool> outOfRules = new HashSet<>();

  /** Whose pool it is. */
  private record Owner(RouteId route, Family family) {}

  /**
   * @param capacity mappings of a family that the kernel can hold
   */
  Pools(NatSettings settings, ToIntFunction<Family> capacity) {
    for (Family family : Family.values()) {
      this.capacity.put(family, capacity.applyAsInt(family));
    }
    namesAreKeys = settings.namesAreKeys();
    rules = new RuleMemory(settings);
    fullRestNanos = settings.nat().quarantine().toNanos();
    for (RouteConfig route : settings.routes()) {
      for (Family family : Family.values()) {
        IpPrefix prefix = route.prefix(family);
        if (prefix != null) {
          byOwner.put(new Owner(route.id(), family), made(settings, route.id(), prefix));
        }
      }
    }
  }

  /** Goes on with pools that only an earlier run had; to be called before any is adopted into. */
  void drainOn(List<KnownPool> pools, NatSettings settings, long nowNanos) {
    rules.remember(settings.rules(pools));
    for (KnownPool each : pools) {
      draining.put(made(settings, new RouteId(each.route()), each.prefix()), nowNanos);
    }
  }

  /** Pools that the rules know, in force or draining. */
  Set<KnownPool> known() {
    return all.stream()
        .filter(pool -> !outOfRules.contains(pool))
        .map(pool -> new KnownPool(pool.route().name(), pool.prefix(), rules.of(pool.prefix())))
        .collect(Collectors.toSet());
  }

  private FakePool made(NatSettings settings, RouteId route, IpPrefix prefix) {
    FakePool pool =
        new FakePool(
            route,
            Math.max(0, settings.routes().stream().map(RouteConfig::id).toList().indexOf(route)),
            prefix,
            settings.nat().pool().reserve(),
            settings.poolKey().hash(),
            capacity.getOrDefault(prefix.family(), 0),
            rest(settings.nat()));
    all.add(pool);
    adoptLeftovers(pool);
    return pool;
  }

  /** Fakes that no pool has, for one that is made later. */
  void leave(List<Leftover> outside) {
    leftovers.addAll(outside);
    leftovers.sort(Comparator.comparingLong(Leftover::restingSince));
  }

  private void adoptLeftovers(FakePool pool) {
    for (Leftover each : leftovers) {
      if (pool.prefix().contains(each.fake())) {
        pool.adoptRestingWithoutOwner(each.fake(), each.real(), each.restingSince());
      }
    }
    leftovers.removeIf(each -> pool.prefix().contains(each.fake()));
  }

  /** How long a fake rests when they are not scarce. */
  long fullRestNanos() {
    return fullRestNanos;
  }

  private static FakePool.Rest rest(NatConfig nat) {
    long full = nat.quarantine().toNanos();
    return new FakePool.Rest(full, Math.min(full, SHORTEST_REST.toNanos()));
  }

  /** Why other settings cannot be taken over now, null when they can. */
  @Nullable String obstacle(NatSettings settings) {
    for (RouteConfig route : settings.routes()) {
      for (Family family : Family.values()) {
        IpPrefix prefix = route.prefix(family);
        for (FakePool pool : all) {
          if (prefix != null
              && !pool.route().equals(route.id())
              && prefix.overlaps(pool.prefix())) {
            return "pool "
                + prefix
                + " of route "
                + route.name()
                + " overlaps "
                + pool.prefix()
                + ", which route "
                + pool.route().name()
                + (isInUse(pool) ? " has until this reload" : " had until its last lease ends")
                + "; first reload without it and wait until it is empty, or restart";
          }
        }
      }
    }
    return null;
  }

  /** What the rules have to be for these settings and all that drains. */
  KernelRules rulesWith(NatSettings settings) {
    return rules.with(settings, prefixesWith(settings));
  }

  /** What the rules have to be. */
  KernelRules rules() {
    return rules.of(prefixes());
  }

  private List<IpPrefix> prefixesWith(NatSettings settings) {
    List<IpPrefix> prefixes = new ArrayList<>(prefixes());
    for (RouteConfig route : settings.routes()) {
      for (Family family : Family.values()) {
        IpPrefix prefix = route.prefix(family);
        if (prefix != null && !prefixes.contains(prefix)) {
          prefixes.add(prefix);
        }
      }
    }
    return prefixes;
  }

  /** The prefixes that the rules have to know. */
  List<IpPrefix> prefixes() {
    return all.stream()
        .filter(pool -> !outOfRules.contains(pool))
        .map(FakePool::prefix)
        .distinct()
        .toList();
  }

  /** What the kernel can hold from now on. */
  void capacity(Family family, int mappings) {
    capacity.put(family, mappings);
  }

  /**
   * Takes other settings over; the rules know all their prefixes.
   *
   * @return whether a pool has changed
   */
  boolean change(NatSettings settings, long nowNanos) {
    rules.change(settings);
    Map<Owner, FakePool> before = new HashMap<>(byOwner);
    Set<FakePool> inUse = new HashSet<>();
    for (RouteConfig route : settings.routes()) {
      for (Family family : Family.values()) {
        IpPrefix prefix = route.prefix(family);
        if (prefix != null) {
          Owner owner = new Owner(route.id(), family);
          FakePool pool = pool(settings, owner, prefix);
          byOwner.put(owner, pool);
          inUse.add(pool);
        }
      }
    }
    boolean changed = !byOwner.equals(before);
    for (FakePool pool : all) {
      if (inUse.contains(pool)) {
        changed |= draining.remove(pool) != null;
        outOfRules.remove(pool);
      } else if (!outOfRules.contains(pool)) {
        changed |= draining.putIfAbsent(pool, nowNanos) == null;
      }
    }
    return changed;
  }

  /** The pool of {@code prefix}, with all that earlier pools have left in it. */
  private FakePool pool(NatSettings settings, Owner owner, IpPrefix prefix) {
    FakePool current = byOwner.get(owner);
    if (current != null && current.prefix().equals(prefix)) {
      return current;
    }
    List<FakePool> others =
        new ArrayList<>(
            all.stream()
                .filter(pool -> pool.route().equals(owner.route()))
                .filter(pool -> pool.prefix().overlaps(prefix))
                .toList());
    FakePool known =
        others.stream().filter(pool -> pool.prefix().equals(prefix)).findFirst().orElse(null);
    FakePool pool = known == null ? made(settings, owner.route(), prefix) : known;
    // What was given out last comes last, and stays the owner's.
    if (current != null && others.remove(current)) {
      others.add(current);
    }
    others.stream().filter(other -> other != pool).forEach(pool::takeOver);
    return pool;
  }

  /** Whether mappings of {@code pool} may be given out. */
  boolean isInUse(FakePool pool) {
    return !draining.containsKey(pool) && !outOfRules.contains(pool);
  }

  /** Whether {@code pool} is where its route takes fakes from. */
  boolean isGiving(FakePool pool) {
    return byOwner.get(new Owner(pool.route(), pool.prefix().family())) == pool;
  }

  /** Pools that drain and have nothing left in the kernel. */
  List<FakePool> drained(long nowNanos) {
    return draining.entrySet().stream()
        .filter(each -> nowNanos - each.getValue() >= SHORTEST_DRAIN.toNanos())
        .map(Map.Entry::getKey)
        .filter(FakePool::isOutOfKernel)
        .toList();
  }

  boolean isDraining() {
    return !draining.isEmpty();
  }

  /** The rules are to know {@code pool} no more. */
  void leaveRules(FakePool pool) {
    draining.remove(pool);
    outOfRules.add(pool);
    byOwner.values().remove(pool);
  }

  /** The kernel does not let the rules go: it drains on. */
  void stayInRules(FakePool pool, long sinceNanos) {
    outOfRules.remove(pool);
    draining.put(pool, sinceNanos);
  }

  /** Forgets pools without rules whose fakes have all rested. */
  void forget() {
    if (outOfRules.removeIf(pool -> pool.mappings().isEmpty())) {
      all.removeIf(
          pool -> !outOfRules.contains(pool) && !draining.containsKey(pool) && !isGiving(pool));
      rules.keep(all.stream().map(FakePool::prefix).toList());
    }
  }

  /** Whether every name has fakes of its own. */
  boolean namesAreKeys() {
    return namesAreKeys;
  }

  List<FakePool> all() {
    return all;
  }

  /** The pool that {@code route} takes fakes of {@code family} from, null for none. */
  @Nullable FakePool of(RouteId route, Family family) {
    return byOwner.get(new Owner(route, family));
  }

  /** The pool that {@code mapping} is from. */
  FakePool of(Mapping mapping) {
    FakePool giving = of(mapping.route(), mapping.fake().family());
    if (giving != null && (all.size() <= byOwner.size() || giving.has(mapping))) {
      return giving;
    }
    for (FakePool pool : all) {
      if (pool.has(mapping)) {
        return pool;
      }
    }
    throw new IllegalStateException("no pool has " + mapping);
  }

  /** The pool whose prefix holds {@code fake}, null for none. */
  @Nullable FakePool holding(IpAddress fake) {
    for (FakePool pool : all) {
      if (pool.prefix().contains(fake)) {
        return pool;
      }
    }
    return null;
  }

  /** Mappings of {@code family} in {@code state}, all routes together. */
  int count(Family family, Mapping.State state) {
    int sum = 0;
    for (FakePool pool : all) {
      sum += pool.prefix().family() == family ? pool.count(state) : 0;
    }
    return sum;
  }

  /** Fakes of {@code family} that can be taken at the same time, all routes together. */
  long size(Family family) {
    long sum = 0;
    for (FakePool pool : all) {
      sum += pool.prefix().family() == family && isInUse(pool) ? pool.size() : 0;
    }
    return sum;
  }

  /** Those that the rules know, by route and family. */
  List<PoolStatus> status() {
    List<PoolStatus> status = new ArrayList<>(all.size());
    for (FakePool pool : all) {
      if (!outOfRules.contains(pool)) {
        status.add(statusOf(pool));
      }
    }
    return status;
  }

  private PoolStatus statusOf(FakePool pool) {
    boolean drains = !isInUse(pool);
    return new PoolStatus(
        pool.route().name(),
        pool.prefix(),
        pool.size(),
        new PoolStatus.Counts(
            pool.count(Mapping.State.PENDING),
            pool.count(Mapping.State.LIVE),
            pool.count(Mapping.State.RETIRED),
            pool.count(Mapping.State.QUARANTINED)),
        drains ? 0 : Math.max(0, pool.size() - pool.used()),
        pool.usedPercent(),
        drains);
  }

  /** Whether the kernel can hold one more mapping of {@code family}. */
  boolean hasRoom(Family family) {
    int held =
        count(family, Mapping.State.LIVE)
            + count(family, Mapping.State.RETIRED)
            + count(family, Mapping.State.PENDING);
    return held < capacity.getOrDefault(family, 0);
  }
}
