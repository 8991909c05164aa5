package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.e2e.Patience;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.GatewayLab;
import io.dotp.nat.nft.Shell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pool is exchanged while clients use its fakes, with the real kernel and a short lease. */
@Tag("netns")
class PoolReloadTrafficTest {
  private static final int NAT_TTL_MILLIS = 2_000;
  private static final Duration PERIOD = Duration.ofMillis(400);
  private static final String OLD = "198.18.0.0/24";
  private static final String IPV6 = "2001:2:0:1::/64";
  private static final List<String> REALS = List.of("203.0.114.1", "203.0.114.2", "203.0.114.3");
  private static final String REAL6 = "2001:db8:1::1";

  private final GatewayLab lab = new GatewayLab();
  private final List<SteadyFlow> old = new ArrayList<>();
  private final List<SteadyFlow> staying = new ArrayList<>();
  private @Nullable NamingServers servers;
  private @Nullable LiveNat nat;

  @AfterEach
  void close() {
    old.forEach(SteadyFlow::end);
    staying.forEach(SteadyFlow::end);
    if (nat != null) {
      nat.close();
    }
    if (servers != null) {
      servers.close();
    }
    lab.close();
  }

  /** The large pool needs larger sets, so that the table is made anew. */
  @ParameterizedTest
  @CsvSource("NETLINK, 100.64.0.0/15")
  void reload_otherPool_oldFlowsGoOnAndItsRulesGoLast(Backend backend, String pool) {
    LiveNat live = start(backend);
    List<Mapping> before = REALS.stream().map(live::mapping).toList();
    Mapping before6 = live.mapping(REAL6);
    Iterator<Mapping> each = before.iterator();
    for (SteadyFlow.Kind kind : SteadyFlow.Kind.values()) {
      old.add(flow(kind, each.next()));
      staying.add(flow(kind, before6));
    }
    awaitMore(old);

    assertThat(live.reload(pool, IPV6)).isEqualTo(new PoolReload.Done(1));

    Mapping fresh = live.mapping(REALS.get(0));
    assertThat(fresh.fake()).matches(prefix(pool)::contains);
    assertThat(live.mapping(REAL6)).isSameAs(before6);
    assertThat(rules()).contains(OLD).contains(pool);
    staying.add(flow(SteadyFlow.Kind.NEW_STREAMS, fresh));
    awaitMore(old);
    awaitMore(staying);

    old.forEach(SteadyFlow::end);
    Patience.until(() -> !rules().contains(OLD), () -> "the drained pool's rules stay\n" + rules());
    awaitMore(staying);
    assertThat(before).allMatch(live::isGone);
    assertThat(rules()).contains(pool).contains(fresh.real().toString());
    assertThat(live.isGone(fresh)).isFalse();
    assertThat(live.metrics.foreignChanges.sum()).as("our own").isZero();
    assertThat(live.metrics.failedTransactions.sum()).isZero();
    assertThat(live.metrics.bugs.sum()).isZero();
  }

  @Tag("full")
  @ParameterizedTest
  @CsvSource({
    "NETLINK, 198.19.0.0/24",
    "LIBNFTABLES, 198.19.0.0/24",
    "LIBNFTABLES, 100.64.0.0/15",
  })
  void reload_otherPoolInOtherWays_oldFlowsGoOn(Backend backend, String pool) {
    reload_otherPool_oldFlowsGoOnAndItsRulesGoLast(backend, pool);
  }

  private LiveNat start(Backend backend) {
    List<String> all = new ArrayList<>(REALS);
    all.add(REAL6);
    all.forEach(lab::addServerAddress);
    servers = NamingServers.start(lab, all);
    LiveNat started =
        LiveNat.start(backend, LiveNat.Times.ofMillis(NAT_TTL_MILLIS, 3_600_000, 1_000), OLD, IPV6);
    nat = started;
    return started;
  }

  private SteadyFlow flow(SteadyFlow.Kind kind, Mapping mapping) {
    return new SteadyFlow(lab, kind, mapping.fake(), mapping.real(), PERIOD);
  }

  /** Waits until each flow has been answered three times more. */
  private static void awaitMore(List<SteadyFlow> flows) {
    List<Integer> goals = flows.stream().map(flow -> flow.good() + 3).toList();
    for (int i = 0; i < goals.size(); i++) {
      SteadyFlow flow = flows.get(i);
      int goal = goals.get(i);
      Patience.until(() -> flow.good() >= goal || flow.failure() != null, flow::toString);
      assertThat(flow.failure()).as(flow.toString()).isNull();
    }
  }

  private static String rules() {
    return Shell.nft("list table inet dotp");
  }

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }
}
