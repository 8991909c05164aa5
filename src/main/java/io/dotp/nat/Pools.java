package io.dotp.nat;

import io.dotp.config.NatConfig;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The pools of all routes. Thread: nat. */
final class Pools {
  /** A fake rests at least this long, however scarce they are. */
  private static final Duration SHORTEST_REST = Duration.ofMinutes(2);

  private final ToIntFunction<Family> capacity;
  private final boolean namesAreKeys;
  private final List<FakePool> all = new ArrayList<>();
  private final Map<Owner, FakePool> byOwner = new HashMap<>();
  private final Map<RouteId, String> names = new HashMap<>();

  /** Whose pool it is. */
  private record Owner(RouteId route, Family family) {}

  /**
   * @param capacity mappings of a family that the kernel can hold
   */
  Pools(NatSettings settings, ToIntFunction<Family> capacity) {
    this.capacity = capacity;
    namesAreKeys = settings.namesAreKeys();
    for (RouteConfig route : settings.routes()) {
      names.put(route.id(), route.name());
      for (Family family : Family.values()) {
        IpPrefix prefix = route.prefix(family);
        if (prefix != null) {
          FakePool pool =
              new FakePool(
                  route.id(),
                  prefix,
                  settings.nat().pool().reserve(),
                  settings.poolKey().hash(),
                  capacity.applyAsInt(family),
                  rest(settings.nat()));
          all.add(pool);
          byOwner.put(new Owner(route.id(), family), pool);
        }
      }
    }
  }

  private static FakePool.Rest rest(NatConfig nat) {
    long full = nat.quarantine().toNanos();
    return new FakePool.Rest(full, Math.min(full, SHORTEST_REST.toNanos()));
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

  /** The name of {@code route}. */
  String nameOf(RouteId route) {
    return Objects.requireNonNull(names.get(route));
  }

  /** The pool that {@code mapping} is from. */
  FakePool of(Mapping mapping) {
    FakePool pool = of(mapping.route(), mapping.fake().family());
    if (pool == null) {
      throw new IllegalStateException("no pool has " + mapping);
    }
    return pool;
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
      sum += pool.prefix().family() == family ? pool.size() : 0;
    }
    return sum;
  }

  /** Whether the kernel can hold one more mapping of {@code family}. */
  boolean hasRoom(Family family) {
    int held =
        count(family, Mapping.State.LIVE)
            + count(family, Mapping.State.RETIRED)
            + count(family, Mapping.State.PENDING);
    return held < capacity.applyAsInt(family);
  }
}
