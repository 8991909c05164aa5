package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HostRules;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.RouteRules;
import io.dotp.config.Routes;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RuleMemoryTest {
  private static final RouteRules OLD = new RouteRules(1, 1, false, false, null);
  private static final RouteRules NEW = new RouteRules(2, 2, true, false, null);
  private static final HostRules HOST = new HostRules(new TproxyRouting(8, 8, 9), null);

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text));
  }

  private static NatSettings settings(String pool, RouteRules rules) {
    RouteConfig plain =
        Routes.nat(
            RouteId.DEFAULT, List.of(), prefix(pool), null, false, HttpsRecords.REWRITE, null);
    RouteConfig route =
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
            plain.refusal());
    NatSettings usual = WriterRig.settings(pool);
    return new NatSettings(usual.nat(), List.of(route), HOST, usual.poolKey());
  }

  private static KernelRules rules(PoolRules... pools) {
    return new KernelRules(List.of(pools), HOST);
  }

  @Test
  void change_poolThatDrains_keepsWhatItHad() {
    RuleMemory memory = new RuleMemory(settings("198.18.0.0/16", OLD));
    NatSettings next = settings("198.19.0.0/16", NEW);
    List<IpPrefix> both = List.of(prefix("198.18.0.0/16"), prefix("198.19.0.0/16"));
    KernelRules wanted = rules(new PoolRules(both.get(0), OLD), new PoolRules(both.get(1), NEW));

    assertThat(memory.with(next, both)).isEqualTo(wanted);
    assertThat(memory.of(List.of(both.get(0))))
        .as("nothing is taken over yet")
        .isEqualTo(rules(new PoolRules(both.get(0), OLD)));
    memory.change(next);
    assertThat(memory.of(both)).isEqualTo(wanted);
  }

  @Test
  void change_poolThatGrows_takesTheNewRulesForBoth() {
    RuleMemory memory = new RuleMemory(settings("198.18.0.0/16", OLD));

    memory.change(settings("198.18.0.0/15", NEW));

    assertThat(memory.of(List.of(prefix("198.18.0.0/16"))))
        .isEqualTo(rules(new PoolRules(prefix("198.18.0.0/16"), NEW)));
  }

  @Test
  void keep_otherPools_forgetsTheRest() {
    RuleMemory memory = new RuleMemory(settings("198.18.0.0/16", OLD));

    memory.keep(List.of());

    assertThat(memory.of(List.of(prefix("198.18.0.0/16"))))
        .isEqualTo(rules(new PoolRules(prefix("198.18.0.0/16"), RouteRules.NONE)));
  }
}
