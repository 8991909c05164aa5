package io.dotp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which route a name takes. */
class PolicyTest {
  @Test
  void decide_listedName_isItsRoute() {
    Policy policy = Policy.of(List.of(route(0, "example.com"), route(1, "intra.example.com")));

    assertThat(policy.decide(wire("www.example.com"))).isEqualTo(new RouteId(0));
    assertThat(policy.decide(wire("host.intra.example.com"))).isEqualTo(new RouteId(1));
  }

  @Test
  void decide_unlistedName_isNull() {
    Policy policy = Policy.of(List.of(route(0, "example.com")));

    RouteId route = policy.decide(wire("example.org"));

    assertThat(route).isNull();
  }

  @Test
  void decide_nameOfTwoRoutes_isTheFirst() {
    Policy policy = Policy.of(List.of(route(0, "example.com"), route(1, "example.com")));

    RouteId route = policy.decide(wire("example.com"));

    assertThat(route).isEqualTo(new RouteId(0));
  }

  @Test
  void decide_noRoutes_isNull() {
    Policy policy = Policy.of(List.of());

    RouteId route = policy.decide(wire("example.com"));

    assertThat(route).isNull();
  }

  private static RouteConfig route(int index, String... domains) {
    return new RouteConfig(
        new RouteId(index),
        "route" + index,
        Stream.of(domains).map(DomainName::parse).toList(),
        IpPrefix.parse("198.18.0.0/16"),
        null,
        true,
        HttpsRecords.REWRITE,
        null);
  }

  private static WireName wire(String text) {
    WireName wire = new WireName();
    wire.length(DomainName.parse(text).copyTo(wire.bytes(), 0));
    return wire;
  }
}
