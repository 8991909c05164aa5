package io.dotp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ForwardZone;
import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteConfig;
import io.dotp.config.Routes;
import io.dotp.config.UpstreamConfig;
import io.dotp.config.UpstreamEndpoint;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a name is asked of. */
class UpstreamChoiceTest {
  private static final UpstreamConfig DEFAULT = servers("9.9.9.9");
  private static final UpstreamConfig OFFICE = servers("10.9.0.1");
  private static final UpstreamConfig LAN = servers("192.168.1.1");
  private static final UpstreamConfig LAB = servers("192.168.2.1");

  private static final UpstreamChoice CHOICE =
      UpstreamChoice.of(
          DEFAULT,
          List.of(route(0, null), route(1, OFFICE)),
          List.of(
              new ForwardZone(DomainName.parse("lan"), LAN),
              new ForwardZone(DomainName.parse("lab.lan"), LAB)));

  @ParameterizedTest(name = "{0} of route {1}")
  @CsvSource(
      nullValues = "-",
      value = {
        "www.example.com, -, 9.9.9.9",
        "www.example.com, 0, 9.9.9.9",
        "www.example.com, 1, 10.9.0.1",
        "printer.lan, -, 192.168.1.1",
        "lan, 0, 192.168.1.1",
        "a.lab.lan, -, 192.168.2.1",
        "lab.lan, 0, 192.168.2.1",
        "a.lab.lan, 1, 10.9.0.1",
        "wlan, -, 9.9.9.9"
      })
  void group_isOfTheRouteThenOfTheLongestZone(
      String name, @Nullable Integer route, String expected) {
    int group = CHOICE.group(wire(name), route == null ? null : Routes.id(route));

    assertThat(CHOICE.groups().get(group)).isEqualTo(servers(expected));
  }

  @Test
  void isTrivial_onlyWithoutZonesAndRoutesOfTheirOwn() {
    UpstreamChoice trivial = UpstreamChoice.of(DEFAULT, List.of(route(0, null)), List.of());

    assertThat(trivial.isTrivial()).isTrue();
    assertThat(trivial.isForwarded(wire("lan"))).isFalse();
    assertThat(CHOICE.isTrivial()).isFalse();
    assertThat(CHOICE.isForwarded(wire("a.lan"))).isTrue();
  }

  private static UpstreamConfig servers(String address) {
    IpAddress parsed = Objects.requireNonNull(IpAddress.parse(address));
    return new UpstreamConfig(List.of(UpstreamEndpoint.plain(parsed, 53)), List.of(), null);
  }

  private static RouteConfig route(int index, @Nullable UpstreamConfig upstream) {
    return Routes.nat(
        Routes.id(index),
        List.of(DomainName.parse("example.com")),
        IpPrefix.parse("198.18.0.0/16"),
        null,
        true,
        HttpsRecords.REWRITE,
        upstream);
  }

  private static WireName wire(String text) {
    DomainName name = DomainName.parse(text);
    WireName wire = new WireName();
    wire.length(name.copyTo(wire.bytes(), 0));
    return wire;
  }
}
