package io.dotp.nat.mapping;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.mapping.Mapping.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A prefix that grows or shrinks takes over what lies within. */
class FakePoolTakeOverTest {
  private static final long REST = 3600;
  private static final long LEASE = 90;

  private final FakePool small = pool("198.18.0.0/29");
  private final FakePool large = pool("198.18.0.0/24");

  private static FakePool pool(String prefix) {
    return new FakePool(
        RouteId.DEFAULT,
        0,
        requireNonNull(IpPrefix.parse(prefix)),
        List.of(),
        new SipHash(new byte[SipHash.KEY_BYTES]),
        1000,
        new FakePool.Rest(REST, 120));
  }

  private static IpAddress real(int number) {
    return IpAddress.ofIpv4(0xcb007100 + number);
  }

  private static Mapping live(FakePool pool, int number, long now) {
    Mapping mapping = requireNonNull(pool.take(null, real(number), null));
    pool.activate(mapping, now, LEASE);
    return mapping;
  }

  private static Mapping resting(FakePool pool, int number, long since) {
    Mapping mapping = live(pool, number, since - LEASE - 1);
    assertThat(pool.tryRetire(mapping, since)).isTrue();
    pool.rest(mapping, since);
    return mapping;
  }

  @Test
  void takeOver_eachStateAndOwner_areKept() {
    Mapping lives = live(small, 1, 0);
    Mapping rests = resting(small, 2, 100);

    large.takeOver(small);

    assertThat(small.mappings()).isEmpty();
    assertThat(small.used()).isZero();
    assertThat(large.owned(real(1))).isSameAs(lives);
    assertThat(large.owned(real(2))).isSameAs(rests);
    assertThat(large.count(State.LIVE)).isEqualTo(1);
    assertThat(large.count(State.QUARANTINED)).isEqualTo(1);
    assertThat(large.has(lives) && large.has(rests)).isTrue();
  }

  @Test
  void takeOver_whatLiesOutside_stays() {
    resting(large, 1, 100);
    resting(large, 2, 101);
    Mapping outside =
        large.mappings().stream()
            .filter(each -> !small.prefix().contains(each.fake()))
            .findFirst()
            .orElseThrow();

    small.takeOver(large);

    assertThat(large.has(outside)).isTrue();
    assertThat(large.rested(101 + REST, 10)).contains(outside);
    assertThat(small.used() + large.used()).isEqualTo(2);
  }

  @Test
  void takeOver_restsOlderThanOurs_endInTheOrderOfTime() {
    Mapping younger = resting(large, 1, 500);
    Mapping oldest = resting(small, 2, 100);
    Mapping older = resting(small, 3, 300);

    large.takeOver(small);

    assertThat(large.rested(100 + REST, 10)).containsExactly(oldest);
    assertThat(large.rested(500 + REST, 10)).containsExactly(oldest, older, younger);
  }

  @Test
  void takeOver_restsThatFlowsHold_areHeldOn() {
    Mapping ours = resting(large, 1, 100);
    Mapping theirs = resting(small, 2, 100);
    large.hold(ours, 100 + REST + 50);
    small.hold(theirs, 100 + REST);

    large.takeOver(small);

    long later = 100 + REST + Math.min(10_000_000_000L, REST);
    assertThat(large.rested(later, 10)).containsExactly(theirs);
    assertThat(large.rested(later + 50, 10)).containsExactly(theirs, ours);
  }
}
