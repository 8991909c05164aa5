package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Packets through rules-redirect.nft and rules-tproxy.nft, with a stand-in for the proxy. */
@Tag("netns")
class ProxyRulesTrafficTest {
  private static final int PROXY_PORT = 12345;
  private static final List<String> FAKES =
      List.of("198.18.0.1", "100.64.0.1", "2001:2::1", "fd00::1");
  private static GatewayLab lab;

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

  @AfterEach
  void removeRules() {
    Shell.nft("flush ruleset");
    for (String family : List.of("-4", "-6")) {
      // Not every test has made them.
      Shell.run("ip", family, "rule", "del", "pref", "950");
      Shell.run("ip", family, "route", "flush", "table", "100");
    }
  }

  private static void load(String file) {
    Shell.outputOf("nft", "-f", "nft/" + file);
    Shell.nft(
        "add element inet dotp nat_map { 198.18.0.1 : 203.0.113.10, 100.64.0.1 : 203.0.113.10,"
            + " 198.18.9.1 : 192.0.2.1, 198.18.9.2 : 127.0.0.1 }");
    Shell.nft(
        "add element inet dotp nat_map6 { 2001:2::1 : 2001:db8::10, fd00::1 : 2001:db8::10,"
            + " 2001:2::9:1 : fd10::1, 2001:2::9:2 : ::1 }");
  }

  private static List<String> targets(String kind) {
    List<String> targets = new ArrayList<>();
    FAKES.forEach(fake -> targets.add(kind + "," + fake));
    return targets;
  }

  private static void routeMarked() {
    for (String family : List.of("-4", "-6")) {
      Shell.outputOf(
          "ip", family, "rule", "add", "fwmark", "0x100/0x100", "lookup", "100", "pref", "950");
      Shell.outputOf("ip", family, "route", "add", "local", "default", "dev", "lo", "table", "100");
    }
  }

  @Test
  void redirect_tcp_reachesTheProxyWithTheFake() {
    load("rules-redirect.nft");
    Process proxy = lab.listenOnGateway(PROXY_PORT, "redirect");

    Map<String, String> client = lab.fromClient(5, targets("tcp"));
    Map<String, String> gateway = lab.fromGateway(5, targets("tcp"));
    Map<String, String> dialled =
        lab.fromClient(5, List.of("tcp,192.0.2.1," + PROXY_PORT, "tcp,fd10::1," + PROXY_PORT));

    FAKES.forEach(fake -> assertThat(client.get("tcp," + fake)).endsWith("original=" + fake));
    FAKES.forEach(fake -> assertThat(gateway.get("tcp," + fake)).endsWith("original=" + fake));
    assertThat(dialled.values()).hasSize(2).containsOnly("ECONNREFUSED");
    assertThat(Shell.nft("list set inet dotp used")).contains("198.18.0.1 ");
    proxy.destroyForcibly();
  }

  @Test
  void redirect_udpAndPing_areRewritten() {
    load("rules-redirect.nft");

    Map<String, String> udp = lab.fromClient(5, targets("udp"));
    Map<String, String> ping = lab.fromClient(5, targets("ping"));

    assertThat(udp.values()).hasSize(4).allMatch(a -> a.matches(".*local=(203|2001:db8).*"));
    assertThat(ping.values()).hasSize(4).containsOnly("pong");
  }

  @Test
  void redirect_unmappedOrSpecialOrDeadProxy_isNotAnswered() {
    load("rules-redirect.nft");

    Map<String, String> special =
        lab.fromClient(
            1.5, List.of("udp,198.18.9.1", "udp,198.18.9.2", "udp,2001:2::9:1", "udp,2001:2::9:2"));
    Map<String, String> unmapped = lab.fromClient(20, List.of("udp,198.18.0.99", "udp,2001:2::99"));
    Map<String, String> dead = lab.fromClient(20, targets("tcp"));

    assertThat(special.values()).hasSize(4).containsOnly("TIMEOUT");
    assertThat(Shell.packets("special")).isEqualTo(2);
    assertThat(Shell.packets("special6")).isEqualTo(2);
    assertThat(unmapped)
        .containsEntry("udp,198.18.0.99", "EHOSTUNREACH")
        .containsEntry("udp,2001:2::99", "EACCES");
    assertThat(dead.values()).hasSize(4).containsOnly("ECONNREFUSED");
  }

  @Test
  void tproxy_tcpAndUdp_reachTheProxyWithTheFake() {
    routeMarked();
    load("rules-tproxy.nft");
    Process proxy = lab.listenOnGateway(PROXY_PORT, "tproxy");

    for (String kind : List.of("tcp", "udp")) {
      Map<String, String> client = lab.fromClient(5, targets(kind));
      Map<String, String> gateway = lab.fromGateway(5, targets(kind));

      FAKES.forEach(f -> assertThat(client.get(kind + "," + f)).contains("local=" + f + " "));
      FAKES.forEach(f -> assertThat(gateway.get(kind + "," + f)).contains("local=" + f + " "));
    }
    assertThat(lab.fromClient(5, targets("ping")).values()).hasSize(4).containsOnly("pong");
    proxy.destroyForcibly();
  }

  @Test
  void tproxy_deadProxy_isRejectedAtOnceAndNobodyElseAnswers() {
    routeMarked();
    load("rules-tproxy.nft");

    Map<String, String> client = lab.fromClient(20, targets("tcp"));
    Map<String, String> datagrams = lab.fromClient(20, List.of("udp,198.18.0.1", "udp,2001:2::1"));
    Map<String, String> gateway = lab.fromGateway(20, targets("tcp"));
    Map<String, String> own = lab.fromGateway(1.5, List.of("udp,198.18.0.1", "udp,2001:2::1"));

    assertThat(client.values()).hasSize(4).containsOnly("ECONNREFUSED");
    assertThat(datagrams)
        .containsEntry("udp,198.18.0.1", "EHOSTUNREACH")
        .containsEntry("udp,2001:2::1", "EACCES");
    assertThat(gateway.values()).hasSize(4).containsOnly("ECONNREFUSED");
    assertThat(own)
        .as("the kernel cannot send an IPv4 error from a fake to itself")
        .containsEntry("udp,198.18.0.1", "TIMEOUT")
        .containsEntry("udp,2001:2::1", "EACCES");
  }

  @Test
  void tproxy_routingRuleMissing_nothingLeavesByTheUplink() {
    load("rules-tproxy.nft");
    Shell.nft(
        "add table inet watch; add chain inet watch post { type filter hook postrouting priority"
            + " 200; }; add counter inet watch leaked; add rule inet watch post oifname \"wan\" ip"
            + " daddr { 198.18.0.0/15, 100.64.0.0/24 } counter name leaked; add rule inet watch"
            + " post oifname \"wan\" ip6 daddr { 2001:2::/48, fd00::/64 } counter name leaked");

    Map<String, String> client = lab.fromClient(1.5, targets("tcp"));
    Map<String, String> gateway = lab.fromGateway(1.5, targets("udp"));

    assertThat(client.values()).hasSize(4).containsOnly("ECONNREFUSED");
    assertThat(gateway.values()).noneMatch(answer -> answer.startsWith("peer="));
    assertThat(Shell.nft("list counter inet watch leaked")).contains("packets 0 ");
  }
}
