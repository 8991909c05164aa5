package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HostRules;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Routing rules and routes over several starts, and beside those of others. */
@Tag("netns")
class LocalDeliveryKernelTest {
  private static final TproxyRouting OLD = new TproxyRouting(0x2000_0000, 0x2000_0000, 777);
  private static final TproxyRouting NEW = TproxyRouting.PRESET;
  private static final List<String> TABLES = List.of("777", "10053");

  @BeforeEach
  void start() {
    Shell.outputOf("ip", "link", "add", "far", "type", "veth", "peer", "name", "near");
    Shell.outputOf("ip", "addr", "add", "192.0.2.1/24", "dev", "far");
    Shell.outputOf("ip", "link", "set", "far", "up");
    Shell.outputOf("ip", "link", "set", "near", "up");
  }

  @AfterEach
  void stop() {
    for (String family : List.of("-4", "-6")) {
      while (rules(family).contains("950:")) {
        Shell.outputOf("ip", family, "rule", "del", "pref", "950");
      }
      TABLES.forEach(table -> Shell.run("ip", family, "route", "flush", "table", table));
    }
    Shell.run("ip", "link", "del", "far");
  }

  private static TableSpec spec(String table, TproxyRouting routing) {
    RouteRulesLab lab = new RouteRulesLab();
    for (String pool : List.of("198.18.0.0/15", "2001:2::/64")) {
      lab.pool(pool, RouteRulesLab.proxied(Inbound.TPROXY, 12_345, FailMode.CLOSED));
    }
    KernelRules rules = new KernelRules(lab.rules().pools(), new HostRules(routing, null));
    return new TableSpec(table, rules, TableSpec.USED_TIMEOUT);
  }

  private static String rules(String family) {
    return Shell.outputOf("ip", family, "rule");
  }

  private static String routes(String family, String table) {
    // An error when there never was such a table.
    return Shell.run("ip", family, "route", "show", "table", table).output();
  }

  private static void assertThere(int table, String owner) {
    for (String family : List.of("-4", "-6")) {
      assertThat(rules(family)).containsOnlyOnce("lookup " + table + " proto 153");
      assertThat(routes(family, Integer.toString(table)))
          .contains("local default dev lo proto 153")
          .contains("metric " + LocalDelivery.metric(owner));
    }
  }

  private static void assertGone(int table) {
    for (String family : List.of("-4", "-6")) {
      assertThat(rules(family)).doesNotContain("lookup " + table);
      assertThat(routes(family, Integer.toString(table))).doesNotContain("local");
    }
  }

  @Test
  void otherTableAndMark_nextStart_takesTheOldOnesAway() {
    assertThat(LocalDelivery.ensure(spec("dotp", OLD))).isNull();
    assertThere(777, "dotp");

    assertThat(LocalDelivery.ensure(spec("dotp", NEW))).isNull();

    assertGone(777);
    assertThere(10_053, "dotp");
    assertThat(LocalDelivery.ensure(spec("dotp", NEW))).as("once more").isNull();
    assertThere(10_053, "dotp");
  }

  @Test
  void otherMark_sameTable_isExchanged() {
    assertThat(LocalDelivery.ensure(spec("dotp", new TproxyRouting(4, 4, 10_053)))).isNull();

    assertThat(LocalDelivery.ensure(spec("dotp", NEW))).isNull();

    assertThere(10_053, "dotp");
    assertThat(rules("-4") + rules("-6")).doesNotContain("fwmark 0x4");
  }

  @Test
  void remove_afterAnotherTable_leavesNothing() {
    assertThat(LocalDelivery.ensure(spec("dotp", OLD))).isNull();

    assertThat(LocalDelivery.remove("dotp", NEW)).isNull();

    assertGone(777);
  }

  @Test
  void secondDotp_keepsItsOwn() {
    assertThat(LocalDelivery.ensure(spec("other", OLD))).isNull();

    assertThat(LocalDelivery.ensure(spec("dotp", NEW))).isNull();
    assertThere(777, "other");
    assertThere(10_053, "dotp");

    assertThat(LocalDelivery.remove("dotp", NEW)).isNull();
    assertGone(10_053);
    assertThere(777, "other");
  }

  @Test
  void secondDotp_withoutAProxyOnTheSameTable_takesNothingAway() {
    assertThat(LocalDelivery.ensure(spec("dotp1", NEW))).isNull();

    assertThat(LocalDelivery.remove("dotp2", NEW)).isNull();

    assertThere(10_053, "dotp1");
    assertThat(LocalDelivery.remove("dotp1", NEW)).isNull();
    assertGone(10_053);
  }

  @Test
  void foreignDefaultRoute_isAFaultAndNothingIsAdded() {
    Shell.outputOf("ip", "route", "add", "default", "via", "192.0.2.2", "table", "10053");

    String fault = LocalDelivery.ensure(spec("dotp", NEW));

    assertThat(fault)
        .isEqualTo(
            "routing table 10053 has a default route that leads elsewhere (ip -4 route show table"
                + " 10053): remove it, or give another --tproxy-table");
    assertThat(rules("-4")).doesNotContain("10053");
    assertThat(routes("-4", "10053")).contains("192.0.2.2").doesNotContain("local");

    Shell.outputOf("ip", "route", "del", "default", "table", "10053");
    assertThat(LocalDelivery.ensure(spec("dotp", NEW))).isNull();
    assertThere(10_053, "dotp");
  }

  @Test
  void routeMadeByHand_isGoodAndStays() {
    Shell.outputOf("ip", "route", "add", "local", "default", "dev", "lo", "table", "10053");

    assertThat(LocalDelivery.ensure(spec("dotp", NEW))).isNull();
    assertThere(10_053, "dotp");
    assertThat(LocalDelivery.remove("dotp", NEW)).isNull();

    assertThat(routes("-4", "10053")).contains("local default dev lo").doesNotContain("153");
  }

  @Test
  void commands_carriedOutByHand_areWhatEnsureMakes() {
    for (String command : LocalDelivery.commands(spec("dotp", NEW))) {
      Shell.outputOf(command.split(" ", -1));
    }

    assertThere(10_053, "dotp");
    assertThat(LocalDelivery.ensure(spec("dotp", NEW))).isNull();
    assertThere(10_053, "dotp");
    assertThat(LocalDelivery.remove("dotp", OLD)).isNull();
    assertGone(10_053);
  }
}
