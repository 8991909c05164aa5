package io.dotp.nat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.e2e.Warnings;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.mapping.SipHash;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is warned of while a pool of 100 fills and empties. */
class PoolAlarmTest {
  private static final long SECOND = 1_000_000_000L;

  private final FakePool pool =
      new FakePool(
          RouteId.DEFAULT,
          0,
          requireNonNull(IpPrefix.parse("198.18.0.0/24")),
          List.of(),
          new SipHash(new byte[SipHash.KEY_BYTES]),
          100,
          new FakePool.Rest(3600, 120));
  private final Deque<Mapping> taken = new ArrayDeque<>();
  private final PoolAlarm alarm = new PoolAlarm();
  private long now;
  private int number;

  /** Fills or empties the pool one by one, one a minute, as leases and queries would. */
  private void reach(int used) {
    while (pool.used() != used) {
      if (pool.used() < used) {
        taken.add(requireNonNull(pool.take(null, WriterRig.real(++number), null)));
      } else {
        pool.giveBack(taken.remove(), now);
      }
      now += 60 * SECOND;
      alarm.check(pool, now);
      alarm.check(pool, now + SECOND);
    }
  }

  @Test
  void pool_fillsUp_isWarnedOfOnceAtEachThreshold() {
    try (Warnings warnings = new Warnings(PoolAlarm.class)) {
      reach(79);
      assertThat(warnings.lines).isEmpty();
      reach(94);
      assertThat(warnings.lines).hasSize(1);
      reach(100);
      assertThat(warnings.lines).hasSize(2);

      assertThat(warnings.lines.get(0))
          .contains("route=default", "198.18.0.0/24", "used-percent=80");
      assertThat(warnings.lines.get(1)).contains("used-percent=95", "suppressed=0");
    }
  }

  @Test
  void pool_aroundAThreshold_isNotWarnedOfAgain() {
    try (Warnings warnings = new Warnings(PoolAlarm.class)) {
      for (int i = 0; i < 10; i++) {
        reach(83);
        reach(76);
      }
      assertThat(warnings.lines).hasSize(1);
    }
  }

  @Test
  void pool_recoversAndFillsAgain_isWarnedOfAgain() {
    try (Warnings warnings = new Warnings(PoolAlarm.class)) {
      reach(96);
      reach(50);
      assertThat(warnings.lines).hasSize(2);

      reach(96);

      assertThat(warnings.lines).hasSize(4);
    }
  }

  @Test
  void pool_leavesTheSecondThresholdOnly_isWarnedOfThatAgain() {
    try (Warnings warnings = new Warnings(PoolAlarm.class)) {
      reach(96);
      reach(85);

      reach(96);

      assertThat(warnings.lines).hasSize(3);
      assertThat(warnings.lines.get(2)).contains("used-percent=95");
    }
  }
}
