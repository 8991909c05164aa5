package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.metrics.NatMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Packets through the shipped nft/rules.nft, from a client and from the gateway itself. */
@Tag("netns")
class RulesTrafficTest {
  private static final List<String> FAKES4 = List.of("198.18.0.1", "198.19.255.9", "100.64.0.1");
  private static final List<String> FAKES6 = List.of("2001:2::1", "2001:2:0:ffff::9", "fd00::1");
  private static GatewayLab lab;

  @BeforeAll
  static void build() {
    lab = new GatewayLab();
    lab.listenOnGateway(GatewayLab.PORT, "");
    lab.listenOnClient();
  }

  @AfterAll
  static void tearDown() {
    lab.close();
  }

  @BeforeEach
  void loadRules() {
    Shell.outputOf("nft", "-f", "nft/rules.nft");
  }

  @AfterEach
  void removeRules() {
    Shell.nft("flush ruleset");
  }

  private static void steer(String fake, String real) {
    boolean six = fake.contains(":");
    Shell.nft(
        "add element inet dotp "
            + (six ? "nat_map6" : "nat_map")
            + " { "
            + fake
            + " : "
            + real
            + " }");
  }

  private static void steerAll() {
    FAKES4.forEach(fake -> steer(fake, "203.0.113.10"));
    FAKES6.forEach(fake -> steer(fake, "2001:db8::10"));
  }

  private static List<String> targets(List<String> kinds, List<String> addresses) {
    List<String> targets = new ArrayList<>();
    kinds.forEach(kind -> addresses.forEach(address -> targets.add(kind + "," + address)));
    return targets;
  }

  @Test
  void mapped_clientAndGateway_reachTheRealServerMasqueraded() {
    steerAll();
    List<String> four = targets(List.of("tcp", "udp"), FAKES4);
    List<String> six = targets(List.of("tcp", "udp"), FAKES6);

    for (boolean client : List.of(true, false)) {
      Map<String, String> answers4 = client ? lab.fromClient(5, four) : lab.fromGateway(5, four);
      Map<String, String> answers6 = client ? lab.fromClient(5, six) : lab.fromGateway(5, six);

      assertThat(answers4).hasSize(6);
      assertThat(answers4.values())
          .allMatch(answer -> answer.startsWith("peer=203.0.113.1 local=203.0.113.10"));
      assertThat(answers6).hasSize(6);
      assertThat(answers6.values())
          .allMatch(answer -> answer.startsWith("peer=2001:db8::1 local=2001:db8::10"));
    }
    assertThat(Shell.packets("unmapped") + Shell.packets("special")).isZero();
    assertThat(Shell.packets("unmapped6") + Shell.packets("special6")).isZero();
  }

  @Test
  void mapped_ping_isAnswered() {
    steerAll();
    List<String> targets = targets(List.of("ping"), FAKES4);
    targets.addAll(targets(List.of("ping"), FAKES6));

    Map<String, String> fromClient = lab.fromClient(5, targets);
    Map<String, String> fromGateway = lab.fromGateway(5, targets);

    assertThat(fromClient.values()).hasSize(6).containsOnly("pong");
    assertThat(fromGateway.values()).hasSize(6).containsOnly("pong");
  }

  @Test
  void mapped_traffic_showsInUsed() {
    steerAll();

    lab.fromClient(5, List.of("tcp,198.18.0.1", "udp,2001:2::1", "tcp,198.18.77.77"));
    lab.fromGateway(5, List.of("udp,100.64.0.1", "tcp,fd00::1"));

    assertThat(Shell.nft("list set inet dotp used"))
        .contains("198.18.0.1 ", "100.64.0.1 ")
        .doesNotContain("198.18.77.77");
    assertThat(Shell.nft("list set inet dotp used6")).contains("2001:2::1 ", "fd00::1 ");
  }

  @Test
  void mapped_serverOnTheClientsLan_isReached() {
    steer("198.18.0.8", "192.0.2.2");
    steer("2001:2::8", "fd10::2");

    Map<String, String> answers = lab.fromClient(5, List.of("tcp,198.18.0.8", "udp,2001:2::8"));

    assertThat(answers.get("tcp,198.18.0.8")).startsWith("peer=192.0.2.1 local=192.0.2.2");
    assertThat(answers.get("udp,2001:2::8")).startsWith("peer=fd10::1 local=fd10::2");
  }

  @Test
  void unmapped_client_isRejectedAtOnceAndCounted() {
    List<String> tcp = targets(List.of("tcp"), FAKES4);
    tcp.addAll(targets(List.of("tcp"), FAKES6));

    Map<String, String> refused = lab.fromClient(20, tcp);
    Map<String, String> other =
        lab.fromClient(
            20, List.of("udp,198.18.0.1", "udp,2001:2::1", "ping,100.64.0.1", "ping,fd00::1"));

    assertThat(refused.values()).hasSize(6).containsOnly("ECONNREFUSED");
    assertThat(other)
        .containsEntry("udp,198.18.0.1", "EHOSTUNREACH")
        .containsEntry("udp,2001:2::1", "EACCES")
        .containsEntry("ping,100.64.0.1", "filtered")
        .containsEntry("ping,fd00::1", "prohibited");
    Shell.outputOf("nft", "-f", "nft/rules.nft");
    assertThat(Shell.packets("unmapped")).as("counts outlive a reload").isEqualTo(5);
    assertThat(Shell.packets("unmapped6")).isEqualTo(5);
  }

  @Test
  void unmapped_gateway_isRejectedAtOnceAndCounted() {
    List<String> targets =
        List.of("tcp,198.18.0.1", "tcp,fd00::1", "udp,100.64.0.1", "udp,2001:2::1");

    Map<String, String> answers = lab.fromGateway(20, targets);

    assertThat(answers.values())
        .hasSize(4)
        .doesNotContain("TIMEOUT")
        .allMatch(a -> a.startsWith("E"));
    assertThat(Shell.packets("unmapped")).isPositive();
    assertThat(Shell.packets("unmapped6")).isPositive();
  }

  @Test
  void unmapped_thenMapped_sameFlowWorks() {
    lab.fromClient(20, targets(List.of("tcp", "udp"), FAKES4));
    steerAll();

    Map<String, String> answers = lab.fromClient(5, targets(List.of("tcp", "udp"), FAKES4));

    assertThat(answers.values()).allMatch(answer -> answer.contains("local=203.0.113.10"));
  }

  @Test
  void special_realAddress_isDroppedAndCounted() {
    List<String> reals4 =
        List.of(
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.1.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "203.0.113.1",
            "192.0.2.255");
    List<String> reals6 =
        List.of(
            "::",
            "::1",
            "fe80::1",
            "ff02::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.1.1",
            "64:ff9b::7f00:1",
            "64:ff9b::e000:1",
            "2002:7f00:1::",
            "2002:a9fe:101::",
            "2002:e000:1::",
            "fd10::1",
            "2001:db8::1");
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < reals4.size(); i++) {
      steer("198.18.9." + i, reals4.get(i));
      targets.add("tcp,198.18.9." + i);
      targets.add("udp,198.18.9." + i);
    }
    for (int i = 0; i < reals6.size(); i++) {
      steer("2001:2::9:" + i, reals6.get(i));
      targets.add("tcp,2001:2::9:" + i);
      targets.add("udp,2001:2::9:" + i);
    }

    Map<String, String> fromClient = lab.fromClient(1.5, targets);
    long special4 = Shell.packets("special");
    long special6 = Shell.packets("special6");
    Map<String, String> fromGateway = lab.fromGateway(1.5, targets);

    assertThat(fromClient).hasSize(52);
    assertThat(fromClient.values()).containsOnly("TIMEOUT");
    assertThat(fromGateway.values()).noneMatch(answer -> answer.startsWith("peer="));
    assertThat(special4).isGreaterThanOrEqualTo(2L * reals4.size());
    assertThat(special6).isGreaterThanOrEqualTo(2L * reals6.size());
    assertThat(Shell.packets("special")).isGreaterThan(special4);
    assertThat(Shell.packets("special6")).isGreaterThan(special6);
    assertThat(Shell.nft("list set inet dotp used")).doesNotContain("198.18.9.");
    assertThat(Shell.nft("list set inet dotp used6")).doesNotContain("2001:2::9:");
  }

  @Test
  void reply_toAPeerWhoseRealAddressIsInAPool_passes() {
    lab.addServerAddress("100.64.0.200");
    lab.addServerAddress("fd00::200");
    lab.routeServerToClient();
    int port = GatewayLab.PORT;

    Map<String, String> answers =
        lab.fromServer(
            5,
            List.of(
                "tcp,203.0.113.1," + port + ",100.64.0.200",
                "tcp,2001:db8::1," + port + ",fd00::200",
                "udp,192.0.2.2," + port + ",100.64.0.200",
                "tcp,fd10::2," + port + ",fd00::200"));

    assertThat(answers.values()).hasSize(4);
    assertThat(answers.values())
        .allMatch(answer -> answer.matches("peer=(100.64.0.200|fd00::200) .*"));
  }

  @Test
  void mark_defined_isSetOnSteeredFlowsOnlyAndLeavesOtherBits() throws IOException {
    String marked =
        Files.readString(Path.of("nft/rules.nft"))
            .replace("define MARK = 0x00000000", "define MARK = 0x00000100")
            .replace("define KEEP = 0xffffffff", "define KEEP = 0xfffff0ff");
    assertThat(Shell.load(marked).code()).isZero();
    Shell.nft("add table inet watch");
    Shell.nft("add chain inet watch pre { type filter hook prerouting priority -160; }");
    Shell.nft("add rule inet watch pre meta mark set 0xabcdeeff");
    Shell.nft("add chain inet watch out { type route hook output priority -160; }");
    Shell.nft("add rule inet watch out meta mark set 0xabcdeeff");
    Shell.nft("add chain inet watch post { type filter hook postrouting priority 0; }");
    Shell.nft("add counter inet watch steered; add counter inet watch direct");
    Shell.nft(
        "add rule inet watch post oifname \"wan\" ct direction original meta mark 0xabcde1ff"
            + " counter name steered; add rule inet watch post oifname \"wan\" ct direction"
            + " original meta mark 0xabcdeeff counter name direct");
    steerAll();

    lab.fromClient(5, List.of("udp,198.18.0.1", "udp,2001:2::1"));
    lab.fromGateway(5, List.of("udp,100.64.0.1", "udp,fd00::1"));
    lab.fromGateway(5, List.of("udp,203.0.113.10"));

    assertThat(Shell.nft("list counter inet watch steered")).contains("packets 4 ");
    assertThat(Shell.nft("list counter inet watch direct")).contains("packets 1 ");
  }

  @Test
  void managedTable_behavesLikeTheFile() {
    Shell.nft("flush ruleset");
    OpenResult.Opened opened =
        (OpenResult.Opened)
            LibNftables.open(
                TableSpecTest.spec("198.18.0.0/15", "100.64.0.0/24", "2001:2::/48"),
                new NatMetrics());
    steer("198.18.0.1", "203.0.113.10");
    steer("100.64.0.1", "203.0.113.10");
    steer("2001:2::1", "2001:db8::10");

    Map<String, String> answers =
        lab.fromClient(
            5,
            List.of(
                "tcp,198.18.0.1",
                "udp,100.64.0.1",
                "tcp,2001:2::1",
                "tcp,198.18.0.2",
                "tcp,2001:2::2"));

    assertThat(answers.get("tcp,198.18.0.1")).contains("local=203.0.113.10");
    assertThat(answers.get("udp,100.64.0.1")).contains("local=203.0.113.10");
    assertThat(answers.get("tcp,2001:2::1")).contains("local=2001:db8::10");
    assertThat(answers)
        .containsEntry("tcp,198.18.0.2", "ECONNREFUSED")
        .containsEntry("tcp,2001:2::2", "ECONNREFUSED");
    opened.nftables().close();
  }
}
