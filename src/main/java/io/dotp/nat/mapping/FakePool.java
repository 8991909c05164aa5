package io.dotp.nat.mapping;

import io.dotp.config.RouteId;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
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
   * Place. A keyed hash of route and real address names the host part, and the first free one from
   * there on is taken. The same key therefore gives the same real address the same fake, whichever
   * gateway asks and whenever. Hosts are numbered from 1: 0 is never given out, nor is the last one
   * of an IPv4 prefix. An IPv6 prefix shorter than /64 uses its first /64.
   *
   * Fullness. A pool never takes more than `size`, which is at most the number of its hosts, so the
   * search ends. A prefix of up to 2^24 hosts keeps a bit for each: the search then skips 64 taken
   * hosts a step, and a nearly full pool costs no more than a look over its bits. A larger prefix is
   * never filled to a notable part, because `size` is bounded by the kernel's sets.
   *
   * Rest. Fakes come to rest in the order of time and all rest equally long, so the oldest is always
   * the head of one list. A fake at rest still counts as taken and keeps its owner: the same real
   * address revives it. After the rest it is free only when no flow to it is left, which others know:
   * those whose flows go on wait in a second list.
   */

  /** Up to this many hosts each has a bit: 2 MB. */
  private static final long MOST_BITS = 1 << 24;

  /** Time between two questions whether the flows to a fake have ended. */
  private static final long HOLD_NANOS = 10_000_000_000L;

  /** Use above which fakes rest only for the shorter time. */
  private static final int CROWDED_PERCENT = 80;

  private final RouteId route;
  private final IpPrefix prefix;
  private final SipHash hash;
  private final Rest rest;

  /** Hosts that may be given out, 1 to this; unsigned. */
  private final long hosts;

  private final int size;
  private final Map<IpAddress, Mapping> byFake = new HashMap<>();
  private final Map<IpAddress, Mapping> byReal = new HashMap<>();
  private final @Nullable BitSet taken;
  private final MappingList resting = new MappingList();

  /** Rested long enough, but flows of the owner went on; {@code restingSince} is the last look. */
  private final MappingList held = new MappingList();

  private final Map<Mapping.State, Integer> counts = new EnumMap<>(Mapping.State.class);

  /**
   * How long a fake rests between two real addresses.
   *
   * @param fullNanos while the pool has room
   * @param crowdedNanos while more than 80 % of the pool is taken
   */
  public record Rest(long fullNanos, long crowdedNanos) {}

  /**
   * @param capacity mappings that the kernel can hold
   */
  public FakePool(RouteId route, IpPrefix prefix, SipHash hash, int capacity, Rest rest) {
    this.route = route;
    this.prefix = prefix;
    this.hash = hash;
    this.rest = rest;
    hosts = hosts(prefix);
    size = Long.compareUnsigned(hosts, capacity) < 0 ? (int) hosts : capacity;
    taken = Long.compareUnsigned(hosts, MOST_BITS) <= 0 ? new BitSet() : null;
  }

  private static long hosts(IpPrefix prefix) {
    if (prefix.hostBits() >= Long.SIZE) {
      return -1L;
    }
    long all = 1L << prefix.hostBits();
    return Math.max(0, prefix.family() == Family.IPV4 ? all - 2 : all - 1);
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

  /** Fakes that are taken, those at rest included. */
  public int used() {
    return byFake.size();
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
    return Collections.unmodifiableCollection(byFake.values());
  }

  /** The mapping that {@code real} has, in whatever state; null for none. */
  public @Nullable Mapping owned(IpAddress real) {
    return byReal.get(real);
  }

  /**
   * FREE to PENDING, for a real address that owns no fake.
   *
   * @return null when the pool is full
   */
  public @Nullable Mapping take(IpAddress real) {
    if (byReal.containsKey(real)) {
      throw new IllegalStateException("has a fake already: " + real);
    }
    if (used() >= size) {
      return null;
    }
    Mapping mapping = new Mapping(route, freeFake(real), real);
    enter(mapping);
    byReal.put(real, mapping);
    return mapping;
  }

  /**
   * FREE to LIVE: a pair that the kernel holds from an earlier run, at whatever place it has. Of
   * two fakes for one real address, the one nearer behind its hashed place becomes the owner's,
   * which is also what another gateway with the same key would choose; the other keeps working
   * until its lease ends, and then leaves.
   */
  public Mapping adopt(IpAddress fake, IpAddress real, long nowNanos, long leaseNanos) {
    if (!prefix.contains(fake) || byFake.containsKey(fake)) {
      throw new IllegalStateException("cannot be adopted: " + fake);
    }
    Mapping mapping = new Mapping(route, fake, real);
    enter(mapping);
    byReal.merge(
        real,
        mapping,
        (one, other) ->
            Long.compareUnsigned(displacement(one), displacement(other)) <= 0 ? one : other);
    activate(mapping, nowNanos, leaseNanos);
    return mapping;
  }

  /**
   * FREE to QUARANTINED: a fake that an earlier run gave out and took back. Called in the order of
   * {@code restingSince}, before any other comes to rest.
   */
  public Mapping adoptResting(IpAddress fake, IpAddress real, long restingSince) {
    if (!prefix.contains(fake) || byFake.containsKey(fake)) {
      throw new IllegalStateException("cannot be adopted: " + fake);
    }
    Mapping mapping = new Mapping(route, fake, real);
    enter(mapping);
    byReal.putIfAbsent(real, mapping);
    mapping.markKnown();
    rest(mapping, restingSince);
    return mapping;
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
    resting.append(mapping);
  }

  /** QUARANTINED to PENDING: its owner came back. */
  public void revive(Mapping mapping) {
    change(mapping, Mapping::revive);
    leaveList(mapping);
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
   * @return at most {@code limit}
   */
  public List<Mapping> rested(long nowNanos, int limit) {
    List<Mapping> rested = new ArrayList<>();
    collect(held, nowNanos, HOLD_NANOS, limit, rested);
    collect(resting, nowNanos, restNanos(), limit, rested);
    return rested;
  }

  private static void collect(
      MappingList from, long nowNanos, long restNanos, int limit, List<Mapping> into) {
    @Nullable Mapping mapping = from.first();
    while (mapping != null
        && into.size() < limit
        && nowNanos - mapping.restingSince() >= restNanos) {
      into.add(mapping);
      mapping = mapping.next;
    }
  }

  /** QUARANTINED to FREE. */
  public void free(Mapping mapping) {
    leaveList(mapping);
    leave(mapping);
  }

  /** Flows of its owner go on: the fake is not asked about again for 10 s. */
  public void hold(Mapping mapping, long nowNanos) {
    leaveList(mapping);
    mapping.restAgain(nowNanos);
    held.append(mapping);
  }

  /** Whether so much is taken that fakes rest only for the shorter time. */
  public boolean isCrowded() {
    return 100L * used() > (long) CROWDED_PERCENT * size;
  }

  private long restNanos() {
    return isCrowded() ? rest.crowdedNanos() : rest.fullNanos();
  }

  private static void leaveList(Mapping mapping) {
    MappingList list = mapping.list;
    if (list == null) {
      throw new IllegalStateException("not at rest: " + mapping);
    }
    list.remove(mapping);
  }

  private void enter(Mapping mapping) {
    byFake.put(mapping.fake(), mapping);
    counts.merge(mapping.state(), 1, Integer::sum);
    if (taken != null) {
      taken.set((int) prefix.indexOf(mapping.fake()));
    }
  }

  private void leave(Mapping mapping) {
    counts.merge(mapping.state(), -1, Integer::sum);
    byFake.remove(mapping.fake());
    byReal.remove(mapping.real(), mapping);
    if (taken != null) {
      taken.clear((int) prefix.indexOf(mapping.fake()));
    }
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

  /** Ends because fewer than {@link #hosts} fakes are taken. */
  private IpAddress freeFake(IpAddress real) {
    long place = place(real);
    if (taken != null) {
      int free = taken.nextClearBit((int) place + 1);
      return prefix.addressAt(free <= hosts ? free : taken.nextClearBit(1));
    }
    IpAddress fake = prefix.addressAt(place + 1);
    while (byFake.containsKey(fake)) {
      place = place + 1 == hosts ? 0 : place + 1;
      fake = prefix.addressAt(place + 1);
    }
    return fake;
  }

  /** The hashed place of {@code real}: 0 to {@link #hosts} less one, unsigned. */
  private long place(IpAddress real) {
    byte[] address = real.toBytes();
    byte[] message =
        ByteBuffer.allocate(Integer.BYTES + address.length)
            .putInt(route.index())
            .put(address)
            .array();
    return Long.remainderUnsigned(hash.of(message), hosts);
  }

  /** How far behind its hashed place a mapping stands, unsigned; last for one outside the hosts. */
  private long displacement(Mapping mapping) {
    boolean reachable =
        prefix.hostBits() <= Long.SIZE || mapping.fake().high() == prefix.network().high();
    long index =
        mapping.fake().low() - (prefix.hostBits() < Long.SIZE ? prefix.network().low() : 0);
    if (!reachable || hosts == 0 || index == 0 || Long.compareUnsigned(index, hosts) > 0) {
      return -1L;
    }
    long place = place(mapping.real());
    long at = index - 1;
    return Long.compareUnsigned(at, place) >= 0 ? at - place : hosts - place + at;
  }
}
