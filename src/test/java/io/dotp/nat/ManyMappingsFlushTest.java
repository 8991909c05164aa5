package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.e2e.Patience;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody flushes a table full of mappings: all are back before anybody is answered. */
@Tag("netns")
@Tag("long")
class ManyMappingsFlushTest {
  private static final int MAPPINGS = 65_536;
  private static final int AT_ONCE = 500;

  /** Far more than the second that a quiet machine is allowed. */
  private static final long BOUND_MILLIS = 30_000;

  private @Nullable LiveNat nat;

  @AfterEach
  void close() {
    if (nat != null) {
      nat.close();
    }
    Shell.nft("flush ruleset");
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void flushedTable_isWholeBeforeAnybodyIsAnswered(Backend backend) {
    LiveNat started =
        LiveNat.start(
            backend,
            LiveNat.Times.ofMillis(3_600_000, 7_200_000, 3_600_000),
            "198.18.0.0/15",
            null);
    nat = started;
    List<Mapping> mappings = fill(started);
    long changes = started.metrics.foreignChanges.sum();

    Shell.nft("flush ruleset");
    long flushed = System.nanoTime();
    Patience.until(() -> started.metrics.foreignChanges.sum() > changes, () -> "unnoticed");
    long noticedMillis = millisSince(flushed);
    boolean renewedAtOnce = started.controller.renew(mappings.subList(0, 1));
    boolean whole = started.controller.status().inStep();
    // Retried: who waited longer than the deadline of an answer is refused, never misled.
    Patience.until(
        () -> started.acquire(List.of(mappings.get(0).real())).get(0) instanceof Mapped,
        () -> "no answer after the flush");
    long backMillis = millisSince(flushed);
    int elements = Shell.nft("list map inet dotp nat_map").split(" : ", -1).length - 1;

    System.out.printf(
        "flush of %d mappings: %s noticed after <= %d ms, back after %d ms resyncs=%s overruns=%s%n",
        MAPPINGS,
        backend,
        noticedMillis,
        backMillis,
        started.metrics.resyncs,
        started.metrics.watchOverruns);
    assertThat(elements).isGreaterThanOrEqualTo(MAPPINGS);
    assertThat(renewedAtOnce && !whole).isFalse();
    assertThat(backMillis).isLessThan(BOUND_MILLIS);
    assertThat(started.controller.renew(mappings)).isTrue();
    assertThat(started.metrics.bugs.sum()).isZero();
  }

  private static List<Mapping> fill(LiveNat nat) {
    List<Mapping> mappings = new ArrayList<>();
    for (int first = 0; first < MAPPINGS; first += AT_ONCE) {
      int last = Math.min(first + AT_ONCE, MAPPINGS);
      List<IpAddress> reals =
          IntStream.range(first, last).mapToObj(i -> IpAddress.ofIpv4(0x0a000001 + i)).toList();
      List<Mapped> told = new ArrayList<>();
      Patience.until(
          () -> {
            told.clear();
            nat.acquire(reals)
                .forEach(o -> told.addAll(o instanceof Mapped m ? List.of(m) : List.of()));
            return told.size() == reals.size();
          },
          () -> "not mapped: " + reals.size());
      told.forEach(each -> mappings.add(each.mapping()));
    }
    assertThat(nat.controller.mappings().size(Family.IPV4)).isEqualTo(MAPPINGS);
    return mappings;
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
