package io.dotp.nat.nft;

import static io.dotp.nat.nft.RouteRulesLab.marked;
import static io.dotp.nat.nft.RouteRulesLab.proxied;
import static io.dotp.nat.nft.RouteRulesLab.quicless;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HostRules;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.config.RouteRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Packets through the rules of four routes in one table: nat, redirect, tproxy closed and open. */
@Tag("netns")
class RouteRulesTrafficTest {
  private static final int REDIRECT_PORT = 12_345;
  private static final int TPROXY_PORT = 12_346;

  private static final List<String> NAT = List.of("198.18.0.1", "2001:2::1");
  private static final List<String> REDIRECTED = List.of("198.18.64.1", "2001:2:0:64::1");
  private static final List<String> CLOSED = List.of("198.18.128.1", "2001:2:0:128::1");
  private static final List<String> OPEN = List.of("198.18.192.1", "2001:2:0:192::1");
  private static final List<List<String>> ALL = List.of(NAT, REDIRECTED, CLOSED, OPEN);

  private static final RouteRules REDIRECT =
      proxied(Inbound.REDIRECT, REDIRECT_PORT, FailMode.CLOSED);
  private static final RouteRules TPROXY = proxied(Inbound.TPROXY, TPROXY_PORT, FailMode.CLOSED);
  private static final RouteRules TPROXY_OPEN = proxied(Inbound.TPROXY, TPROXY_PORT, FailMode.OPEN);

  private static final String HOLD_PORT = "7000";
  private static GatewayLab lab;

  private final List<Process> proxies = new ArrayList<>();

  @BeforeAll
  static void build() {
    lab = new GatewayLab();
    // Stands for any service of the gateway: it must never answer for a fake.
    lab.listenOnGateway(GatewayLab.PORT, "");
  }

  @AfterAll
  static void tearDown() {
    lab.close();
  }

  @BeforeEach
  void install() {
    install(RouteRules.NONE, REDIRECT, TPROXY, TPROXY_OPEN);
  }

  @AfterEach
  void remove() throws InterruptedException {
    for (Process proxy : proxies) {
      proxy.destroyForcibly().waitFor();
    }
    Shell.nft("flush ruleset");
    assertThat(LocalDelivery.remove("dotp", HostRules.TproxyRouting.PRESET)).isNull();
    assertThat(Shell.outputOf("ip", "rule") + Shell.outputOf("ip", "-6", "rule"))
        .doesNotContain("10053");
  }

  private void proxy(int port, String mode) {
    proxies.add(lab.listenOnGateway(port, mode));
  }

  private static void install(RouteRules... routes) {
    RouteRulesLab rules = new RouteRulesLab();
    for (int i = 0; i < ALL.size(); i++) {
      rules.pool(ALL.get(i).get(0) + "/18", routes[i]).pool(ALL.get(i).get(1) + "/64", routes[i]);
    }
    Shell.Outcome outcome = Shell.load(ManagedTable.render(rules.spec()));
    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(LocalDelivery.ensure(rules.spec())).isNull();
    for (List<String> fakes : ALL) {
      Shell.nft("add element inet dotp nat_map { " + fakes.get(0) + " : 203.0.113.10 }");
      Shell.nft("add element inet dotp nat_map6 { " + fakes.get(1) + " : 2001:db8::10 }");
    }
  }

  private static List<String> targets(List<String> kinds, List<List<String>> routes) {
    List<String> targets = new ArrayList<>();
    kinds.forEach(
        kind -> routes.forEach(fakes -> fakes.forEach(fake -> targets.add(kind + "," + fake))));
    return targets;
  }

  private static void assertDirect(Map<String, String> answers, String kind, List<String> fakes) {
    for (String fake : fakes) {
      assertThat(answers.get(kind + "," + fake))
          .as("%s %s", kind, fake)
          .matches("peer=(203|2001:db8:).* local=(203|2001:db8:).*");
    }
  }

  private static void assertProxied(Map<String, String> answers, String kind, List<String> fakes) {
    for (String fake : fakes) {
      assertThat(answers.get(kind + "," + fake)).contains("local=" + fake + " ");
    }
  }

  @Test
  void routes_proxiesUp_eachTreatmentIsItsOwn() {
    proxy(REDIRECT_PORT, "redirect");
    proxy(TPROXY_PORT, "tproxy");
    List<String> targets = targets(List.of("tcp", "udp", "ping"), ALL);

    List<Map<String, String>> both =
        List.of(lab.fromClient(10, targets), lab.fromGateway(10, targets));

    for (Map<String, String> answers : both) {
      assertDirect(answers, "tcp", NAT);
      assertDirect(answers, "udp", NAT);
      REDIRECTED.forEach(f -> assertThat(answers.get("tcp," + f)).endsWith("original=" + f));
      assertDirect(answers, "udp", REDIRECTED);
      for (String kind : List.of("tcp", "udp")) {
        assertProxied(answers, kind, CLOSED);
        assertProxied(answers, kind, OPEN);
      }
      targets(List.of("ping"), ALL)
          .forEach(ping -> assertThat(answers).containsEntry(ping, "pong"));
    }
  }

  @Test
  void routes_proxiesDown_failAsTheyAreMeantTo() {
    Map<String, String> client = lab.fromClient(20, targets(List.of("tcp", "udp", "ping"), ALL));
    Map<String, String> gateway = lab.fromGateway(20, targets(List.of("tcp"), ALL));

    assertDirect(client, "tcp", OPEN);
    assertDirect(client, "udp", OPEN);
    for (List<String> fakes : List.of(REDIRECTED, CLOSED)) {
      fakes.forEach(fake -> assertThat(client).containsEntry("tcp," + fake, "ECONNREFUSED"));
      fakes.forEach(fake -> assertThat(gateway).containsEntry("tcp," + fake, "ECONNREFUSED"));
    }
    assertThat(client)
        .containsEntry("udp," + CLOSED.get(0), "EHOSTUNREACH")
        .containsEntry("udp," + CLOSED.get(1), "EACCES");
    assertDirect(client, "udp", REDIRECTED);
    OPEN.forEach(
        fake ->
            assertThat(gateway)
                .as("own flows of a dead proxy are refused in either mode")
                .containsEntry("tcp," + fake, "ECONNREFUSED"));
  }

  @Test
  void treatmentChanges_flowsOfBefore_goOn() throws IOException {
    lab.holdOnServer("listen", HOLD_PORT);
    List<Process> flows = new ArrayList<>();
    for (List<String> fakes : List.of(NAT, OPEN)) {
      fakes.forEach(fake -> flows.add(lab.holdOnClient("tcp", fake, HOLD_PORT)));
    }

    install(TPROXY, marked(0x100, 0x100), TPROXY, TPROXY_OPEN);
    proxy(TPROXY_PORT, "tproxy");
    Map<String, String> fresh = lab.fromClient(10, targets(List.of("tcp"), List.of(NAT, OPEN)));

    assertProxied(fresh, "tcp", NAT);
    assertProxied(fresh, "tcp", OPEN);
    for (Process flow : flows) {
      flow.getOutputStream().close();
      assertThat(new String(flow.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo("alive\n");
    }
  }

  @Test
  void mss_clamped_isThatOfTheUplink() {
    Shell.outputOf("ip", "link", "set", "wan", "mtu", "1300");
    try {
      assertClamped();
    } finally {
      Shell.outputOf("ip", "link", "set", "wan", "mtu", "1500");
    }
  }

  private void assertClamped() {
    RouteRules clamped = new RouteRules(0, 0, true, false, null);
    install(clamped, RouteRules.NONE, TPROXY, TPROXY_OPEN);
    Shell.nft(
        "add table inet watch; add chain inet watch post { type filter hook postrouting"
            + " priority 200; }");
    for (String size : List.of("1240", "1260", "1440", "1460")) {
      Shell.nft(
          "add counter inet watch m"
              + size
              + "; add rule inet watch post oifname \"wan\" tcp flags"
              + " syn tcp option maxseg size "
              + size
              + " counter name m"
              + size);
    }

    Map<String, String> answers =
        lab.fromClient(10, targets(List.of("tcp"), List.of(NAT, REDIRECTED)));

    assertThat(answers.values()).hasSize(4).allMatch(answer -> answer.startsWith("peer="));
    for (String size : List.of("1240", "1260", "1440", "1460")) {
      assertThat(Shell.nft("list counter inet watch m" + size)).as(size).contains("packets 1 ");
    }
  }

  @Test
  void quic_blocked_isRefusedAtOnceInEveryTreatment() {
    install(quicless(RouteRules.NONE), quicless(REDIRECT), quicless(TPROXY), TPROXY_OPEN);
    proxy(TPROXY_PORT, "tproxy");
    List<String> targets = new ArrayList<>();
    List.of(NAT, REDIRECTED, CLOSED)
        .forEach(fakes -> fakes.forEach(fake -> targets.add("udp," + fake + ",443")));

    Map<String, String> client = lab.fromClient(20, targets);
    Map<String, String> gateway = lab.fromGateway(20, targets);

    assertThat(client.values()).hasSize(6).containsOnly("ECONNREFUSED");
    assertThat(gateway.values()).hasSize(6).containsOnly("EPERM");
    assertThat(Shell.packets("quic")).isEqualTo(12);
    assertDirect(lab.fromClient(10, targets(List.of("udp"), List.of(NAT))), "udp", NAT);
  }

  @Test
  void routingRule_takenAway_comesBackByEnsure() {
    proxy(TPROXY_PORT, "tproxy");
    Shell.outputOf("ip", "rule", "del", "pref", "950");
    Shell.outputOf("ip", "-6", "route", "flush", "table", "10053");
    Shell.outputOf("ip", "rule", "add", "fwmark", "7", "lookup", "10053", "pref", "900");

    install();

    String rules = Shell.outputOf("ip", "rule");
    assertThat(rules)
        .contains("950:\tfrom all fwmark 0x10000000/0x10000000 lookup 10053 proto 153")
        .contains("900:\tfrom all fwmark 0x7 lookup 10053");
    assertProxied(lab.fromClient(10, targets(List.of("tcp"), List.of(CLOSED))), "tcp", CLOSED);
    Shell.outputOf("ip", "rule", "del", "pref", "900");
  }

  @Test
  void marks_ofTwoRoutes_touchTheirBitsOnly() {
    install(marked(0x100, 0xf00), marked(0x200, 0xf00), RouteRules.NONE, TPROXY_OPEN);
    Shell.nft(
        "add table inet watch; add chain inet watch first { type filter hook prerouting priority"
            + " -160; }; add rule inet watch first meta mark set 0x80000f01;"
            + " add chain inet watch own { type route hook output priority -160; };"
            + " add rule inet watch own meta mark set 0x80000f01;"
            + " add chain inet watch post { type filter hook postrouting priority 200; }");
    for (String mark : List.of("0x80000101", "0x80000201", "0x80000f01")) {
      Shell.nft(
          "add counter inet watch c"
              + mark
              + "; add rule inet watch post ct direction original"
              + " oifname \"wan\" meta mark "
              + mark
              + " counter name c"
              + mark);
    }

    for (List<String> fakes : List.of(NAT, REDIRECTED, CLOSED)) {
      List<String> targets = targets(List.of("udp", "ping"), List.of(fakes));
      lab.fromClient(10, targets);
      lab.fromGateway(10, targets);
    }

    for (String mark : List.of("0x80000101", "0x80000201", "0x80000f01")) {
      assertThat(Shell.nft("list counter inet watch c" + mark)).as(mark).contains("packets 8 ");
    }
  }
}
