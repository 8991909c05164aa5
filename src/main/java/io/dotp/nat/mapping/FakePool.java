package io.dotp.nat.mapping;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The fakes of one route and family: which are taken, by whom, and which rest. Every change of a
 * mapping's state goes through its pool, which counts the states. Thread: nat.
 */
public final class FakePool {
  /*
   * Fullness. A pool never takes more than `size`, which is at most the number of its hosts, so
   * there is always a place while it is not full.
   *
   * Rest. Fakes come to rest in the order of time and all rest equally long, so the oldest is always
   * the head of one list. A fake at rest still counts as taken and keeps its owner, who revives it.
   * After the rest it is free only when no flow to it is left, which others know: those whose flows
   * go on wait in a second list.
   *
   * Without an owner. A fake that an earlier run left, and that nobody may be given now, is taken but
   * nobody's: it works until its lease ends, and then leaves.
   */

  /** Use above which fakes rest only for the shorter time. */
  private static final int CROWDED_PERCENT = 80;

  private final RouteId route;
  private final IpPrefix prefix;
  private final FakePlaces places;
  private final int size;

  /**
   * In no order. Not by fake: a hash table this large is touched all over by new mappings, and each
   * collection of the young part of the heap has to look at every place that was.
   */
  private final List<Mapping> all = new ArrayList<>();

  private final OwnerIndex byOwner = OwnerIndex.plain();

  /** Of clients that caused a mapping which exists: never more clients than mappings. */
  private final Map<IpAddress, Integer> heldByClient = new HashMap<>();

  /** Adopted ones at places that are never given out; they take nobody's place. */
  private int outside;

  private final Rests rests;

  private final Map<Mapping.State, Integer> counts = new EnumMap<>(Mapping.State.class);

  /**
   * How long a fake rests between two real addresses.
   *
   * @param fullNanos while the pool has room
   * @param crowdedNanos while more than 80 % of the pool is taken
   */
  public record Rest(long fullNanos, long crowdedNanos) {}

  /**
   * @param number goes into the hash of an owner: the route's place in the configuration that the
   *     pool was made by
   * @param reserve addresses that are never given out, of any pool and family
   * @param capacity mappings that the kernel can hold
   */
  public FakePool(
      RouteId route,
      int number,
      IpPrefix prefix,
      List<IpPrefix> reserve,
      SipHash hash,
      int capacity,
      Rest rest) {
    this.route = route;
    this.prefix = prefix;
    rests = new Rests(rest);
    places = new FakePlaces(number, prefix, reserve, hash);
    long hosts = places.count();
    size = Long.compareUnsigned(hosts, capacity) < 0 ? (int) hosts : capacity;
  }

  public RouteId route() {
    return route;
  }

  public IpPrefix prefix() {
    return prefix;
  }

  /** Fakes that can be taken at the same time, those at rest included. */
  public int size() {
    return size;
  }

  /** Fakes that are taken of those that can be, those at rest included. */
  public int used() {
    return all.size() - outside;
  }

  public int count(Mapping.State state) {
    return counts.getOrDefault(state, 0);
  }

  /** Taken part of the pool in percent. */
  public int usedPercent() {
    return size == 0 ? 100 : (int) (100L * used() / size);
  }

  /** All mappings of the pool in any state. */
  public Collection<Mapping> mappings() {
    return Collections.unmodifiableList(all);
  }

  /** The mapping that {@code real} has for all names, in whatever state; null for none. */
  public @Nullable Mapping owned(IpAddress real) {
    return owned(null, real);
  }

  /**
   * The mapping that {@code real} has, in whatever state; null for none.
   *
   * @param name that has it for itself; null for one that all names share
   */
  public @Nullable Mapping owned(@Nullable DomainName name, IpAddress real) {
    return byOwner.get(name, real);
  }

  /** Mappings in any state, those at rest included, that {@code client} was the first to need. */
  public int heldBy(IpAddress client) {
    return heldByClient.getOrDefault(client, 0);
  }

  /**
   * FREE to PENDING, for an owner without a fake.
   *
   * @param name part of the key, null when all names share the fake
   * @param client that needs it, null for none
   * @return null when the pool is full
   */
  public @Nullable Mapping take(
      @Nullable DomainName name, IpAddress real, @Nullable IpAddress client) {
    if (byOwner.get(name, real) != null) {
      throw new IllegalStateException("has a fake already: " + real);
    }
    if (used() >= size) {
      return null;
    }
    Mapping mapping = new Mapping(route, places.free(name, real), name, real);
    mapping.client = client;
    enter(mapping);
    byOwner.put(mapping);
    return mapping;
  }

  /**
   * FREE to LIVE: a pair that the kernel holds from an earlier run, at whatever place it has. Of
   * two fakes for one owner, the one nearer behind its hashed place becomes the owner's, which is
   * also what another gateway with the same key would choose. The other has no owner, nor has one
   * that is reserved by now.
   *
   * @param name part of the key, null when all names share the fake
   */
  public Mapping adopt(
      IpAddress fake, @Nullable DomainName name, IpAddress real, long nowNanos, long leaseNanos) {
    Mapping mapping = adopt(new Mapping(route, fake, name, real), nowNanos, leaseNanos);
    Mapping other = byOwner.get(name, real);
    boolean nearer = other == null || places.isNearer(mapping, other);
    if (nearer && places.isUsable(fake)) {
      byOwner.put(mapping);
    }
    return mapping;
  }

  /** FREE to LIVE: a pair from an earlier run whose owner nobody knows. */
  public Mapping adoptWithoutOwner(IpAddress fake, IpAddress real, long nowNanos, long leaseNanos) {
    return adopt(new Mapping(route, fake, real), nowNanos, leaseNanos);
  }

  private Mapping adopt(Mapping mapping, long nowNanos, long leaseNanos) {
    requireAdoptable(mapping);
    enter(mapping);
    activate(mapping, nowNanos, leaseNanos);
    return mapping;
  }

  /**
   * FREE to QUARANTINED: a fake that an earlier run gave out and took back. It has no owner if
   * another one has its place, or if it is reserved by now. Called in the order of {@code
   * restingSince}, before any other comes to rest.
   */
  public Mapping adoptResting(
      IpAddress fake, @Nullable DomainName name, IpAddress real, long restingSince) {
    Mapping mapping = adoptResting(new Mapping(route, fake, name, real), restingSince);
    if (byOwner.get(name, real) == null && places.isUsable(fake)) {
      byOwner.put(mapping);
    }
    return mapping;
  }

  /** FREE to QUARANTINED: one that was another route's, or is nobody's any more. */
  public Mapping adoptRestingWithoutOwner(IpAddress fake, IpAddress real, long restingSince) {
    return adoptResting(new Mapping(route, fake, real), restingSince);
  }

  private Mapping adoptResting(Mapping mapping, long restingSince) {
    requireAdoptable(mapping);
    enter(mapping);
    mapping.markKnown();
    rest(mapping, restingSince);
    return mapping;
  }

  private void requireAdoptable(Mapping mapping) {
    if (!prefix.contains(mapping.fake()) || places.isTaken(mapping.fake())) {
      throw new IllegalStateException("cannot be adopted: " + mapping);
    }
  }

  /** Whether {@code mapping} is one of this pool's, in any state. */
  public boolean has(Mapping mapping) {
    return mapping.place < all.size() && all.get(mapping.place) == mapping;
  }

  /** Whether nothing is in the kernel, or on its way there. */
  public boolean isOutOfKernel() {
    return count(Mapping.State.QUARANTINED) == all.size();
  }

  /**
   * Takes over what another pool of the same route has in this prefix, each mapping as it is. An
   * owner whom both know keeps the other pool's fake, which is what was given out last.
   */
  public void takeOver(FakePool other) {
    rests.takeOver(other.rests, prefix, mapping -> move(mapping, other));
    for (Mapping mapping : List.copyOf(other.all)) {
      if (prefix.contains(mapping.fake())) {
        move(mapping, other);
      }
    }
  }

  private void move(Mapping mapping, FakePool other) {
    boolean owned = other.byOwner.get(mapping.name(), mapping.real()) == mapping;
    other.leave(mapping);
    enter(mapping);
    if (owned && places.isUsable(mapping.fake())) {
      byOwner.put(mapping);
    }
  }

  /** PENDING or RETIRED to LIVE: the kernel holds it. */
  public void activate(Mapping mapping, long nowNanos, long leaseNanos) {
    change(mapping, each -> each.activate(nowNanos, leaseNanos));
  }

  /**
   * LIVE to RETIRED.
   *
   * @return false when the lease has time left
   */
  public boolean tryRetire(Mapping mapping, long nowNanos) {
    boolean retired = mapping.tryRetire(nowNanos);
    if (retired) {
      moved(Mapping.State.LIVE, Mapping.State.RETIRED);
    }
    return retired;
  }

  /** RETIRED to QUARANTINED: the kernel no longer holds it. */
  public void rest(Mapping mapping, long nowNanos) {
    change(mapping, each -> each.rest(nowNanos));
    rests.add(mapping);
  }

  /** QUARANTINED to PENDING: its owner came back. */
  public void revive(Mapping mapping) {
    change(mapping, Mapping::revive);
    rests.remove(mapping);
  }

  /** PENDING to FREE; a fake that clients have known rests again instead. */
  public void giveBack(Mapping mapping, long nowNanos) {
    if (mapping.isKnown()) {
      rest(mapping, nowNanos);
    } else {
      leave(mapping);
    }
  }

  /**
   * Fakes that have rested long enough, oldest first. They rest on until {@link #free} or {@link
   * #hold} says what became of them.
   *
   * @return at most {@code limit}, and as many again that were held before
   */
  public List<Mapping> rested(long nowNanos, int limit) {
    return rests.rested(nowNanos, limit, isCrowded());
  }

  /** Whether a fake at rest has rested long enough; those before it may have made room. */
  public boolean isRested(Mapping mapping, long nowNanos) {
    return rests.isRested(mapping, nowNanos, isCrowded());
  }

  /** QUARANTINED to FREE. */
  public void free(Mapping mapping) {
    rests.remove(mapping);
    leave(mapping);
  }

  /** Flows of its owner go on: the fake is not asked about again for 10 s. */
  public void hold(Mapping mapping, long nowNanos) {
    rests.hold(mapping, nowNanos);
  }

  /** Whether so much is taken that fakes rest only for the shorter time. */
  public boolean isCrowded() {
    return 100L * used() > (long) CROWDED_PERCENT * size;
  }

  private void enter(Mapping mapping) {
    mapping.place = all.size();
    all.add(mapping);
    outside += places.isUsable(mapping.fake()) ? 0 : 1;
    if (mapping.client != null) {
      heldByClient.merge(mapping.client, 1, Integer::sum);
    }
    counts.merge(mapping.state(), 1, Integer::sum);
    places.take(mapping.fake());
  }

  private void leave(Mapping mapping) {
    counts.merge(mapping.state(), -1, Integer::sum);
    Mapping last = all.remove(all.size() - 1);
    if (last != mapping) {
      all.set(mapping.place, last);
      last.place = mapping.place;
    }
    outside -= places.isUsable(mapping.fake()) ? 0 : 1;
    byOwner.remove(mapping);
    if (mapping.client != null) {
      heldByClient.computeIfPresent(mapping.client, (client, held) -> held > 1 ? held - 1 : null);
    }
    places.release(mapping.fake());
  }

  private void change(Mapping mapping, Consumer<Mapping> change) {
    Mapping.State before = mapping.state();
    change.accept(mapping);
    moved(before, mapping.state());
  }

  private void moved(Mapping.State from, Mapping.State to) {
    counts.merge(from, -1, Integer::sum);
    counts.merge(to, 1, Integer::sum);
  }
}
