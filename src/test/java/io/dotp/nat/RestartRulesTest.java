package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HttpsRecords;
import io.dotp.config.ProxyRules;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteRules;
import io.dotp.config.Routes;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the kernel does with a pool outlives its route, whenever the configuration was changed. */
class RestartRulesTest {
  private static final IpPrefix PLAIN = prefix("198.18.0.0/20");
  private static final IpPrefix VPN = prefix("198.18.16.0/20");
  private static final RouteRules MARK = new RouteRules(1, 3, true, true, null);
  private static final RouteRules PROXY =
      new RouteRules(0, 0, false, false, new ProxyRules(Inbound.TPROXY, 9, FailMode.CLOSED));

  private final ModelKernel kernel = new ModelKernel(100);
  private WriterRig rig = new WriterRig(kernel, settings(VPN, MARK));

  RestartRulesTest() {
    rig.adopt();
  }

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }

  private static NatSettings without() {
    return WriterRig.settings(PLAIN.toString());
  }

  /** A plain route and one with rules. */
  private static NatSettings settings(IpPrefix pool, RouteRules rules) {
    NatSettings usual = without();
    RouteConfig plain =
        Routes.nat(WriterRig.SECOND, List.of(), pool, null, false, HttpsRecords.REWRITE, null);
    List<RouteConfig> routes = new ArrayList<>(usual.routes());
    routes.add(
        new RouteConfig(
            plain.id(),
            plain.names(),
            plain.treatment(),
            plain.ipv4Prefix(),
            plain.ipv6Prefix(),
            rules,
            plain.allowPrivateReal(),
            plain.httpsRecords(),
            plain.upstream(),
            plain.fakeTtl(),
            plain.refusal()));
    return new NatSettings(usual.nat(), routes, usual.host(), usual.poolKey());
  }

  private IpAddress fake() {
    return rig.acquire(WriterRig.SECOND, List.of(WriterRig.real(1))).mapping().fake();
  }

  /** What a run with these settings begins with in the kernel. */
  private List<PoolRules> restart(NatSettings settings) {
    List<PoolRules> rules =
        settings.rules(settings.draining(rig.journal.contents())).pools().stream()
            .filter(each -> each.pool().overlaps(VPN))
            .toList();
    rig = new WriterRig(kernel, settings, rig.journal);
    rig.adopt();
    return rules;
  }

  @Test
  void restart_routeRemovedWhileStopped_drainsWithItsOwnRules() {
    IpAddress fake = fake();

    assertThat(restart(without())).containsExactly(new PoolRules(VPN, MARK));

    assertThat(kernel.realOf(fake)).isEqualTo(WriterRig.real(1));
    assertThat(rig.table.byFake(fake)).isNotNull();
    assertThat(restart(without())).as("a second time").containsExactly(new PoolRules(VPN, MARK));
    rig.expireAll();
    rig.passAndRun(Pools.SHORTEST_DRAIN);
    assertThat(kernel.realOf(fake)).isNull();
    assertThat(restart(without())).as("empty").isEmpty();
  }

  @Test
  void restart_routeGivenUpByAReload_drainsOnWithItsOwnRules() {
    IpAddress fake = fake();
    assertThat(rig.writer.reload(without())).isEqualTo(new PoolReload.Done(1));

    assertThat(restart(without())).containsExactly(new PoolRules(VPN, MARK));

    assertThat(kernel.realOf(fake)).isEqualTo(WriterRig.real(1));
  }

  @Test
  void restart_routeInForceWithOtherRules_hasThose() {
    fake();

    assertThat(restart(settings(VPN, PROXY))).containsExactly(new PoolRules(VPN, PROXY));

    assertThat(restart(without())).as("noted").containsExactly(new PoolRules(VPN, PROXY));
  }

  @Test
  void restart_poolShrunkWhileStopped_goesWithItsRoute() {
    IpAddress fake = fake();
    IpPrefix half = prefix("198.18.16.0/21");

    assertThat(restart(settings(half, PROXY)))
        .containsExactlyInAnyOrder(new PoolRules(half, PROXY), new PoolRules(VPN, PROXY));

    assertThat(kernel.realOf(fake)).isEqualTo(WriterRig.real(1));
  }

  @Test
  void restart_prefixIsAnotherRoutesNow_isThatOnes() {
    fake();

    NatSettings other = WriterRig.settings("198.18.0.0/19");

    assertThat(restart(other))
        .containsExactly(new PoolRules(prefix("198.18.0.0/19"), RouteRules.NONE));
    assertThat(rig.journal.pools).doesNotContainKey(VPN);
  }
}
