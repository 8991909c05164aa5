package io.dotp.nat.mapping;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.mapping.Mapping.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Random lives in small pools, checked against a plain map of who had which fake until when. */
class FakePoolPropertyTest {
  private static final long REST = 100;
  private static final long CROWDED_REST = 30;
  private static final long LEASE = 10;
  private static final int REALS = 40;

  /** The last owner of a fake and when it left the kernel. */
  private record LastOwner(IpAddress real, long left) {}

  private final Map<IpAddress, LastOwner> lastOwners = new HashMap<>();

  @Property(tries = 300)
  void pool_randomLives_keepsFakesApart(
      @ForAll long seed,
      @ForAll @IntRange(min = 25, max = 30) int length,
      @ForAll @IntRange(min = 1, max = 30) int capacity) {
    Random random = new Random(seed);
    FakePool pool =
        new FakePool(
            RouteId.DEFAULT,
            new IpPrefix(IpAddress.ofIpv4(0xc6120000), length),
            List.of(),
            new SipHash(new byte[SipHash.KEY_BYTES]),
            capacity,
            new FakePool.Rest(REST, CROWDED_REST));
    lastOwners.clear();

    for (long now = 0; now < 600; now += random.nextInt(4)) {
      step(pool, IpAddress.ofIpv4(random.nextInt(REALS)), now, random);
      check(pool);
    }
  }

  private void step(FakePool pool, IpAddress real, long now, Random random) {
    @Nullable Mapping mapping = pool.owned(real);
    if (mapping == null) {
      boolean full = pool.used() >= pool.size();
      Mapping taken = pool.take(null, real, null);
      assertThat(taken != null || full).isTrue();
      if (taken != null) {
        checkRest(taken, now);
      }
    } else if (mapping.state() == State.PENDING) {
      if (random.nextInt(4) == 0) {
        pool.giveBack(mapping, now);
      } else {
        pool.activate(mapping, now, LEASE);
      }
    } else if (mapping.state() == State.LIVE) {
      pool.tryRetire(mapping, now);
    } else if (mapping.state() == State.RETIRED) {
      if (random.nextInt(4) == 0) {
        pool.activate(mapping, now, LEASE);
      } else {
        pool.rest(mapping, now);
        lastOwners.put(mapping.fake(), new LastOwner(real, now));
      }
    } else if (random.nextBoolean()) {
      pool.revive(mapping);
    }
    if (random.nextInt(10) == 0) {
      FakePoolTest.release(pool, now, random.nextInt(5));
    }
  }

  private void checkRest(Mapping taken, long now) {
    LastOwner last = lastOwners.get(taken.fake());
    if (last != null && !last.real().equals(taken.real())) {
      assertThat(now - last.left()).isGreaterThanOrEqualTo(CROWDED_REST);
    }
  }

  private static void check(FakePool pool) {
    int counted = 0;
    for (State state : State.values()) {
      assertThat(pool.count(state)).isNotNegative();
      counted += pool.count(state);
    }
    assertThat(counted).isEqualTo(pool.used()).isEqualTo(pool.mappings().size());
    assertThat(pool.used()).isLessThanOrEqualTo(pool.size());
    for (Mapping mapping : pool.mappings()) {
      assertThat(requireNonNull(pool.owned(mapping.real()))).isSameAs(mapping);
      assertThat(pool.prefix().contains(mapping.fake())).isTrue();
    }
  }
}
