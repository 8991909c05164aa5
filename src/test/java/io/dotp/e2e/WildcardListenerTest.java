package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A gateway of many addresses that listens on all of them. dig takes no answer from an address that
 * it did not ask ("reply from unexpected source").
 */
@Tag("netns")
class WildcardListenerTest {
  private static final List<String> IPV4 =
      List.of("192.168.77.1", "192.168.77.254", "10.77.0.1", "10.78.0.1", "192.0.2.1");
  private static final List<String> IPV6 =
      List.of("fd77::1", "fd77::fe", "fd78::1", "2001:db8:0:1::1", "2001:db8:0:1::fe");
  private static final Pattern LINK_LOCAL = Pattern.compile("inet6 (fe80:[0-9a-f:]+)/64");

  private static Lab lab;
  private static Host client;

  @BeforeAll
  static void start() {
    lab = Lab.up();
    client = lab.host(Lab.CLIENT);
    address(Lab.GATEWAY, "add", "192.168.77.254/24", "br-lan");
    address(Lab.GATEWAY, "add", "10.77.0.1/24", "br-lan");
    address(Lab.GATEWAY, "add", "10.78.0.1/32", "lo");
    address(Lab.GATEWAY, "add", "169.254.7.1/16", "br-lan");
    address(Lab.GATEWAY, "add", "fd77::fe/64", "br-lan");
    address(Lab.GATEWAY, "add", "fd78::1/64", "br-lan");
    address(Lab.GATEWAY, "add", "2001:db8:0:1::fe/64", "wan0");
    // A second source, so that the gateway's choice by route differs from the address asked.
    address(Lab.CLIENT, "add", "10.77.0.2/24", "eth0");
    address(Lab.CLIENT, "add", "169.254.7.2/16", "eth0");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @AfterEach
  void removeLateAddresses() {
    lab.run(Lab.GATEWAY, "ip", "addr", "del", "192.168.77.99/24", "dev", "br-lan");
    lab.run(Lab.GATEWAY, "ip", "addr", "del", "fd77::99/64", "dev", "br-lan");
  }

  @ParameterizedTest(name = "-H {0}")
  @ValueSource(strings = {"0.0.0.0", "::", "0.0.0.0 ::"})
  void everyAddress_answersForItself(String hosts) {
    Dotp dotp = lab.dotp(arguments(hosts));
    try {
      dotp.awaitAnswers(client);

      for (String family : List.of("0.0.0.0", "::")) {
        if (hosts.contains(family) || hosts.equals("::")) {
          checkFamily(family.equals("::"));
        }
      }

      assertThat(dotp.log()).doesNotContain("bug").doesNotContain("Exception");
    } finally {
      dotp.terminate();
      dotp.awaitExit();
    }
  }

  private static String[] arguments(String hosts) {
    List<String> arguments = new ArrayList<>();
    for (String host : hosts.split(" ")) {
      arguments.addAll(List.of("-H", host));
    }
    arguments.addAll(
        List.of("-d", "example.com", "-4", "198.18.0.0/15", "-6", "2001:2:0:d07::/64"));
    arguments.addAll(List.of("--upstream-host", Lab.UPSTREAM_DNS));
    return arguments.toArray(String[]::new);
  }

  private static void checkFamily(boolean ipv6) {
    for (String server : ipv6 ? IPV6 : IPV4) {
      checkAnswers(Lab.CLIENT, server);
      checkAnswers(Lab.GATEWAY, server);
    }
    // From the other side the gateway is asked as well, by who is attached there.
    checkAnswers(Lab.UPSTREAM, ipv6 ? "2001:db8:0:1::1" : "192.0.2.1");
    if (ipv6) {
      checkAnswers(Lab.UPSTREAM, "2001:db8:0:1::fe");
      checkAnswers(Lab.CLIENT, linkLocal("br-lan") + "%eth0");
      checkAnswers(Lab.GATEWAY, linkLocal("br-lan") + "%br-lan");
      checkAnswers(Lab.UPSTREAM, linkLocal("wan0") + "%eth0");
    } else {
      checkAnswers(Lab.CLIENT, "169.254.7.1");
      checkAnswers(Lab.GATEWAY, "127.0.0.1");
      checkAnswers(Lab.GATEWAY, "127.0.0.53");
    }
    String late = ipv6 ? "fd77::99" : "192.168.77.99";
    address(Lab.GATEWAY, "add", late + (ipv6 ? "/64" : "/24"), "br-lan");
    checkAnswers(Lab.CLIENT, late);
  }

  private static void checkAnswers(String role, String server) {
    for (String transport : List.of("+notcp", "+tcp")) {
      Finished answer =
          lab.run(
              role,
              "dig",
              "@" + server,
              "+short",
              "+time=10",
              "+tries=1",
              transport,
              "www.example.com",
              "A");

      assertThat(answer.text().strip())
          .as(role + " asks " + server + " " + transport)
          .matches("198\\.1[89]\\.\\d+\\.\\d+");
    }
  }

  private static String linkLocal(String device) {
    String all =
        lab.run(Lab.GATEWAY, "ip", "-6", "addr", "show", "dev", device, "scope", "link")
            .expectSuccess()
            .out();
    Matcher address = LINK_LOCAL.matcher(all);
    assertThat(address.find()).as(all).isTrue();
    return address.group(1);
  }

  private static void address(String role, String what, String address, String device) {
    List<String> command = new ArrayList<>(List.of("ip", "addr", what, address, "dev", device));
    if (address.contains(":")) {
      command.add("nodad");
    }
    lab.run(role, command.toArray(String[]::new)).expectSuccess();
  }
}
