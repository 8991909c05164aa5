package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.e2e.Patience;
import io.dotp.ip.IpAddress;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.GatewayLab;
import io.dotp.nat.nft.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that cache a fake keep it while they use it, and learn at once when it is over. */
@Tag("netns")
@Tag("long")
class LeaseTrafficTest {
  private static final int NAT_TTL_MILLIS = 2_000;
  private static final Duration PERIOD = Duration.ofMillis(NAT_TTL_MILLIS * 4 / 5);

  /** A lease is a moment longer than nat-ttl. */
  private static final Duration LEASE = Duration.ofMillis(NAT_TTL_MILLIS + 1_000);

  private static final String IPV4_POOL = "198.18.0.0/24";
  private static final String IPV6_POOL = "2001:2:0:1::/64";

  private final GatewayLab lab = new GatewayLab();
  private final List<SteadyFlow> flows = new ArrayList<>();
  private final List<Mapping> used = new ArrayList<>();
  private final List<String> reals = new ArrayList<>();
  private @Nullable NamingServers servers;
  private @Nullable LiveNat nat;

  @AfterEach
  void close() {
    flows.forEach(SteadyFlow::end);
    if (nat != null) {
      nat.close();
    }
    if (servers != null) {
      servers.close();
    }
    lab.close();
  }

  @ParameterizedTest(name = "{0} external={1}")
  @CsvSource({"NETLINK, false", "LIBNFTABLES, true"})
  void usedFake_isNeverLost_andAnIdleOneIsRefusedAtOnce(Backend backend, boolean external)
      throws IOException {
    usedFake_overLeases_isNeverLost(backend, external, 5);
  }

  @Tag("full")
  @ParameterizedTest(name = "{0} external={1}")
  @CsvSource({"NETLINK, false", "NETLINK, true", "LIBNFTABLES, false", "LIBNFTABLES, true"})
  void usedFake_overManyLeases_isNeverLost(Backend backend, boolean external) throws IOException {
    usedFake_overLeases_isNeverLost(backend, external, 15);
  }

  private void usedFake_overLeases_isNeverLost(Backend backend, boolean external, int leases)
      throws IOException {
    if (external) {
      loadShippedRules();
    }
    LiveNat started = start(backend, 3_600_000);
    useAllWays(started);
    List<Mapping> idle = List.of(started.mapping(reals.get(6)), started.mapping(reals.get(7)));
    long begun = System.nanoTime();

    Patience.until(
        () -> idle.stream().allMatch(started::isGone), () -> "idle mappings stay: " + idle);
    long idleMillis = (System.nanoTime() - begun) / 1_000_000;
    Map<String, String> refusals = refusals(idle);
    runFor(LEASE.multipliedBy(leases).toNanos() - (System.nanoTime() - begun));

    assertAllGood(started);
    assertThat(refusals.values())
        .containsExactly("ECONNREFUSED", "EHOSTUNREACH", "ECONNREFUSED", "EACCES");
    System.out.printf(
        "leases: %s external=%s kept=%d idle gone after %d ms, %s%n",
        backend, external, started.metrics.keptByTraffic.sum(), idleMillis, flows);
    // An answer's lease, at most as much again by traffic that was none, and the wheel's ticks.
    assertThat(idleMillis).isLessThan(20_000);
    assertThat(started.metrics.keptByTraffic.sum()).isGreaterThanOrEqualTo(6L * leases / 2);
    assertThat(started.metrics.bugs.sum()).isZero();
  }

  @Test
  void usedFake_afterTheLongestLease_ends() {
    LiveNat started = start(Backend.AUTO, 6_000);
    Mapping mapping = started.mapping(reals.get(0));
    long begun = System.nanoTime();
    SteadyFlow flow = flow(SteadyFlow.Kind.NEW_STREAMS, mapping);

    Patience.until(() -> started.isGone(mapping), () -> "stays though its time is over");
    Patience.until(() -> flow.failure() != null, () -> "still connects");

    assertThat(System.nanoTime() - begun).isGreaterThan(6_000_000_000L);
    assertThat(flow.failure()).contains("ConnectException");
    assertThat(started.metrics.keptByTraffic.sum()).isPositive();
  }

  @Test
  void pinnedMapping_withoutTraffic_staysUntilItIsUnpinned() {
    LiveNat started = start(Backend.AUTO, 3_600_000);
    Mapping pinned = started.mapping(reals.get(0));
    assertThat(pinned.tryPin()).isTrue();

    for (int i = 1; i <= 3; i++) {
      Mapping idle = started.mapping(reals.get(i));
      Patience.until(() -> started.isGone(idle), () -> "stays: " + idle);
    }
    boolean goneWhilePinned = started.isGone(pinned);
    pinned.unpin();

    assertThat(goneWhilePinned).isFalse();
    Patience.until(() -> started.isGone(pinned), () -> "stays: " + pinned);
  }

  @ParameterizedTest
  @EnumSource(names = {"NETLINK", "LIBNFTABLES"})
  void flushedRuleset_losesNoFakeThatIsUsed(Backend backend) {
    LiveNat started = start(backend, 3_600_000);
    Patience.until(started::isGuarded, () -> "no guard");
    useAllWays(started);
    runFor(LEASE.toNanos());

    for (int i = 0; i < 2; i++) {
      Shell.nft("flush ruleset");
      runFor(LEASE.toNanos());
    }

    assertAllGood(started);
    assertThat(started.metrics.foreignChanges.sum()).isGreaterThanOrEqualTo(2);
    assertThat(started.metrics.bugs.sum()).isZero();
  }

  private LiveNat start(Backend backend, long maxLeaseMillis) {
    for (int i = 0; i < 4; i++) {
      reals.add("203.0.114." + (i + 1));
      reals.add("2001:db8:1::" + (i + 1));
    }
    reals.forEach(lab::addServerAddress);
    servers = NamingServers.start(lab, reals);
    LiveNat started =
        LiveNat.start(
            backend,
            LiveNat.Times.ofMillis(NAT_TTL_MILLIS, maxLeaseMillis, 1_000),
            IPV4_POOL,
            IPV6_POOL);
    nat = started;
    return started;
  }

  /** The rules as an administrator loads them; only the memory is as short as the leases. */
  private static void loadShippedRules() throws IOException {
    String rules =
        Files.readString(Path.of("nft/rules.nft"))
            .replace("timeout 120s", "timeout " + NAT_TTL_MILLIS / 1_000 + "s");
    assertThat(Shell.load(rules).code()).isZero();
  }

  /** Each way to use a fake, of each family. */
  private void useAllWays(LiveNat started) {
    int next = 0;
    for (SteadyFlow.Kind kind : SteadyFlow.Kind.values()) {
      for (int family = 0; family < 2; family++) {
        Mapping mapping = started.mapping(reals.get(next++));
        used.add(mapping);
        flow(kind, mapping);
      }
    }
  }

  private SteadyFlow flow(SteadyFlow.Kind kind, Mapping mapping) {
    SteadyFlow flow = new SteadyFlow(lab, kind, mapping.fake(), mapping.real(), PERIOD);
    flows.add(flow);
    return flow;
  }

  /** Lets time pass, unless a flow fails. */
  private void runFor(long nanos) {
    long end = System.nanoTime() + nanos;
    Patience.until(
        () -> System.nanoTime() - end >= 0 || flows.stream().anyMatch(f -> f.failure() != null),
        Duration.ofNanos(Math.max(0, nanos)).plusSeconds(60),
        () -> "time stands still");
  }

  private void assertAllGood(LiveNat started) {
    for (SteadyFlow flow : flows) {
      assertThat(flow.failure()).as(flow.toString()).isNull();
      assertThat(flow.good()).as(flow.toString()).isGreaterThan(1);
    }
    assertThat(used).noneMatch(started::isGone);
    for (Mapping mapping : used) {
      IpAddress again = started.mapping(mapping.real().toString()).fake();
      assertThat(again).isEqualTo(mapping.fake());
    }
  }

  private Map<String, String> refusals(List<Mapping> gone) {
    List<String> targets = new ArrayList<>();
    for (Mapping mapping : gone) {
      targets.add("tcp," + mapping.fake());
      targets.add("udp," + mapping.fake());
    }
    return lab.fromClient(5, targets);
  }
}
