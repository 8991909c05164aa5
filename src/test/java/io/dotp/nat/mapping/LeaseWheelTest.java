package io.dotp.nat.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Never early, at most a tick late, and no more looks than the budget. */
class LeaseWheelTest {
  private static final long SECOND = LeaseWheel.TICK_NANOS;

  /** No constant, so that the compiler does not see the sum overflow, which is meant. */
  private static final AtomicLong NEAR_THE_END = new AtomicLong(Long.MAX_VALUE - 5);

  private int made;

  private Mapping live(long now, long lease) {
    Mapping mapping =
        new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(++made), IpAddress.ofIpv4(made));
    mapping.activate(now, lease);
    return mapping;
  }

  private static List<Mapping> advance(LeaseWheel wheel, long now) {
    List<Mapping> due = new ArrayList<>();
    int left = wheel.advance(now, 1_000_000, due::add);
    assertThat(left).isPositive();
    return due;
  }

  @Test
  void advance_beforeDeadline_givesNothing() {
    LeaseWheel wheel = new LeaseWheel(0, 120 * SECOND);
    wheel.add(live(0, 120 * SECOND));

    assertThat(advance(wheel, 120 * SECOND - 1)).isEmpty();
  }

  @Test
  void advance_tickAfterDeadline_givesIt() {
    LeaseWheel wheel = new LeaseWheel(0, 120 * SECOND);
    Mapping mapping = live(500, 120 * SECOND);
    wheel.add(mapping);

    assertThat(advance(wheel, 121 * SECOND)).containsExactly(mapping);
    assertThat(wheel.size()).isZero();
  }

  @Test
  void advance_renewedMeanwhile_staysForTheNewLease() {
    LeaseWheel wheel = new LeaseWheel(0, 120 * SECOND);
    Mapping mapping = live(0, 120 * SECOND);
    wheel.add(mapping);
    mapping.tryRenew(60 * SECOND, 120 * SECOND);

    assertThat(advance(wheel, 150 * SECOND)).isEmpty();
    assertThat(advance(wheel, 181 * SECOND)).containsExactly(mapping);
  }

  @Test
  void advance_moreThanTheBudget_goesOnWhereItStopped() {
    LeaseWheel wheel = new LeaseWheel(0, 10 * SECOND);
    for (int i = 0; i < 1000; i++) {
      wheel.add(live(0, 10 * SECOND));
    }
    Set<Mapping> due = new HashSet<>();
    int calls = 0;

    while (wheel.advance(12 * SECOND, 256, due::add) == 0) {
      calls++;
    }

    assertThat(due).hasSize(1000);
    assertThat(calls).isEqualTo(3);
  }

  @Test
  void advance_clockStoodStillForYears_seesEverythingOnce() {
    LeaseWheel wheel = new LeaseWheel(0, 60 * SECOND);
    for (int i = 0; i < 100; i++) {
      wheel.add(live(i * SECOND / 2, 60 * SECOND));
    }

    List<Mapping> due = advance(wheel, 100_000_000L * SECOND);

    assertThat(due).doesNotHaveDuplicates().hasSize(100);
    assertThat(wheel.nanosToNextTick(100_000_000L * SECOND)).isBetween(1L, SECOND);
  }

  @Test
  void advance_leaseLongerThanTheWheel_isNeverEarly() {
    LeaseWheel wheel = new LeaseWheel(0, 24 * 3600 * SECOND);
    Mapping mapping = live(0, 24 * 3600 * SECOND);
    wheel.add(mapping);
    long now = 0;

    while (advance(wheel, now).isEmpty()) {
      now += 500 * SECOND;
    }

    assertThat(now).isBetween(24 * 3600 * SECOND, 24 * 3600 * SECOND + 500 * SECOND);
  }

  @Test
  void nanosToNextTick_originBeyondTheClocksRange_isWithinATick() {
    long origin = NEAR_THE_END.get();
    LeaseWheel wheel = new LeaseWheel(origin, 120 * SECOND);
    Mapping mapping = live(origin, 120 * SECOND);
    wheel.add(mapping);

    assertThat(wheel.nanosToNextTick(origin + SECOND / 2)).isEqualTo(SECOND / 2);
    assertThat(advance(wheel, origin + 119 * SECOND)).isEmpty();
    assertThat(advance(wheel, origin + 121 * SECOND)).containsExactly(mapping);
  }

  @Property(tries = 200)
  void wheel_randomLeasesAndRenewals_agreesWithPlainList(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int leaseSeconds) {
    Random random = new Random(seed);
    long lease = leaseSeconds * SECOND - random.nextInt(1000);
    long now = random.nextLong();
    LeaseWheel wheel = new LeaseWheel(now, lease);
    Set<Mapping> model = new HashSet<>();

    for (int step = 0; step < 200; step++) {
      now += (long) (random.nextDouble() * random.nextDouble() * lease);
      for (int i = random.nextInt(4); i > 0; i--) {
        Mapping mapping = live(now, lease);
        wheel.add(mapping);
        model.add(mapping);
      }
      for (Mapping mapping : model) {
        if (random.nextInt(5) == 0) {
          mapping.tryRenew(now, lease);
        }
      }
      for (Mapping mapping : advance(wheel, now)) {
        assertThat(mapping.leaseLeftNanos(now)).isZero();
        assertThat(model.remove(mapping)).isTrue();
      }
      for (Mapping mapping : model) {
        assertThat(mapping.deadline() + SECOND - now).isPositive();
      }
      assertThat(wheel.size()).isEqualTo(model.size());
    }
  }
}
