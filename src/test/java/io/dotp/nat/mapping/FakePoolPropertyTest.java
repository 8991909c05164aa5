package io.dotp.nat.mapping;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.nat.mapping.Mapping.State;
import java.util.Arrays;
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
  private static final int REALS = 20;
  private static final int CLIENTS = 3;
  private static final List<@Nullable DomainName> NAMES =
      Arrays.asList(null, DomainName.parse("a.example"), DomainName.parse("b.example"));

  /** Of the smallest pool one host is left, and of the next three. */
  private static final List<IpPrefix> RESERVE =
      List.of(
          new IpPrefix(IpAddress.ofIpv4(0xc6120002), 32),
          new IpPrefix(IpAddress.ofIpv4(0xc6120004), 31));

  /** The last owner of a fake and when it left the kernel. */
  private record LastOwner(Owner owner, long left) {}

  /** Who can have a fake: an address, or one under a name. */
  private record Owner(@Nullable DomainName name, IpAddress real) {}

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
            0,
            new IpPrefix(IpAddress.ofIpv4(0xc6120000), length),
            RESERVE,
            new SipHash(new byte[SipHash.KEY_BYTES]),
            capacity,
            new FakePool.Rest(REST, CROWDED_REST));
    lastOwners.clear();

    for (long now = 0; now < 600; now += random.nextInt(4)) {
      DomainName name = NAMES.get(random.nextInt(NAMES.size()));
      step(pool, new Owner(name, IpAddress.ofIpv4(random.nextInt(REALS))), now, random);
      check(pool);
    }
  }

  private void step(FakePool pool, Owner owner, long now, Random random) {
    @Nullable Mapping mapping = pool.owned(owner.name(), owner.real());
    if (mapping == null) {
      boolean full = pool.used() >= pool.size();
      Mapping taken = pool.take(owner.name(), owner.real(), client(random));
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
        lastOwners.put(mapping.fake(), new LastOwner(owner, now));
      }
    } else if (random.nextBoolean()) {
      pool.revive(mapping);
    }
    if (random.nextInt(10) == 0) {
      FakePoolTest.release(pool, now, random.nextInt(5));
    }
  }

  private static @Nullable IpAddress client(Random random) {
    int number = random.nextInt(CLIENTS + 1);
    return number == CLIENTS ? null : IpAddress.ofIpv4(number);
  }

  private void checkRest(Mapping taken, long now) {
    LastOwner last = lastOwners.get(taken.fake());
    if (last != null && !last.owner().equals(new Owner(taken.name(), taken.real()))) {
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
      assertThat(requireNonNull(pool.owned(mapping.name(), mapping.real()))).isSameAs(mapping);
      assertThat(pool.prefix().contains(mapping.fake())).isTrue();
      assertThat(RESERVE).noneMatch(each -> each.contains(mapping.fake()));
    }
    for (int i = 0; i < CLIENTS; i++) {
      IpAddress client = IpAddress.ofIpv4(i);
      assertThat(pool.heldBy(client))
          .isEqualTo(pool.mappings().stream().filter(each -> client.equals(each.client)).count());
    }
  }
}
