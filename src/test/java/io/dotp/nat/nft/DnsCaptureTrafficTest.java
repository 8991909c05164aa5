package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HostRules;
import io.dotp.config.HostRules.DnsCapture;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.ip.IpAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients with a resolver of their own, and a table that captures their DNS. */
@Tag("netns")
class DnsCaptureTrafficTest {
  /** Where a stand-in for dotp listens; nobody listens to port 53 of the gateway. */
  private static final int OUR_PORT = 5300;

  private static final List<String> PLAIN =
      List.of(
          "udp,203.0.113.10,53",
          "tcp,203.0.113.10,53",
          "udp,2001:db8::10,53",
          "tcp,2001:db8::10,53");
  private static final List<String> ENCRYPTED =
      List.of(
          "tcp,203.0.113.10,853",
          "tcp,2001:db8::10,853",
          "udp,203.0.113.10,853",
          "udp,2001:db8::10,853");
  private static GatewayLab lab;

  @BeforeAll
  static void build() {
    lab = new GatewayLab();
    lab.listenOnGateway(OUR_PORT, "");
    lab.startOnServer("echo.py", "53");
    lab.startOnServer("echo.py", "853");
    lab.routeServerToClient();
  }

  @AfterAll
  static void tearDown() {
    lab.close();
  }

  @AfterEach
  void removeRules() {
    Shell.nft("flush ruleset");
  }

  private static void install(List<String> hosts, List<String> resolvers) {
    DnsCapture capture =
        new DnsCapture(
            TableSpecTest.prefixes("192.0.2.0/24", "fd10::/64"),
            addresses(resolvers),
            addresses(hosts),
            OUR_PORT);
    KernelRules plain = KernelRules.plain(TableSpecTest.prefixes("198.18.0.0/15", "2001:2::/48"));
    KernelRules rules =
        new KernelRules(plain.pools(), new HostRules(TproxyRouting.PRESET, capture));
    Shell.Outcome outcome =
        Shell.load(ManagedTable.render(new TableSpec("dotp", rules, TableSpec.USED_TIMEOUT)));
    assertThat(outcome.code()).as(outcome.output()).isZero();
  }

  private static List<IpAddress> addresses(List<String> texts) {
    return texts.stream().map(text -> Objects.requireNonNull(IpAddress.parse(text))).toList();
  }

  @Test
  void client_anyServer_isAnsweredByUs() {
    install(List.of("192.0.2.1", "fd10::1"), List.of("203.0.113.99"));
    Shell.nft("add element inet dotp nat_map { 198.18.0.1 : 203.0.113.10 }");

    Map<String, String> plain = lab.fromClient(10, PLAIN);
    Map<String, String> fake =
        lab.fromClient(10, List.of("udp,198.18.0.1,53", "tcp,198.18.0.1,53"));
    Map<String, String> own = lab.fromClient(10, List.of("tcp,192.0.2.1,53", "tcp,fd10::1,53"));
    Map<String, String> encrypted = lab.fromClient(20, ENCRYPTED);

    assertThat(plain.get(PLAIN.get(0))).contains("peer=192.0.2.2 local=192.0.2.1 ");
    assertThat(plain.get(PLAIN.get(1))).contains("peer=192.0.2.2 local=192.0.2.1 ");
    assertThat(plain.get(PLAIN.get(2))).contains("peer=fd10::2 local=fd10::1 ");
    assertThat(plain.get(PLAIN.get(3))).contains("peer=fd10::2 local=fd10::1 ");
    assertThat(fake.values()).hasSize(2).allMatch(each -> each.contains("local=192.0.2.1 "));
    assertThat(own.values()).as("our own addresses").hasSize(2).containsOnly("ECONNREFUSED");
    assertThat(encrypted.values())
        .containsExactly("ECONNREFUSED", "ECONNREFUSED", "EHOSTUNREACH", "EACCES");
    assertThat(Shell.packets("strange_dns")).isEqualTo(4);
  }

  @Test
  void gatewayAndResolver_anyServer_reachIt() {
    install(List.of("192.0.2.1", "fd10::1"), List.of("192.0.2.2", "fd10::2"));

    for (Map<String, String> answers :
        Arrays.asList(lab.fromGateway(10, PLAIN), lab.fromClient(10, PLAIN))) {
      assertThat(answers.values())
          .hasSize(4)
          .allMatch(each -> each.matches(".* local=(203.0.113.10|2001:db8::10) .*"));
    }
    assertThat(lab.fromClient(10, ENCRYPTED).values()).allMatch(each -> each.startsWith("peer="));
  }

  @Test
  void client_familyInWhichNobodyListens_isRefused() {
    install(List.of("192.0.2.1"), List.of());

    Map<String, String> plain = lab.fromClient(20, PLAIN);

    assertThat(plain.get(PLAIN.get(0))).contains("local=192.0.2.1 ");
    assertThat(plain.get(PLAIN.get(2))).isEqualTo("EACCES");
    assertThat(plain.get(PLAIN.get(3))).isEqualTo("ECONNREFUSED");
  }

  @Test
  void client_wildcardListener_isAnsweredInBothFamilies() {
    install(List.of("::"), List.of());

    Map<String, String> plain = lab.fromClient(10, PLAIN);

    assertThat(plain.values())
        .hasSize(4)
        .allMatch(each -> each.matches(".* local=(192.0.2.1|fd10::1) .*"));
  }
}
