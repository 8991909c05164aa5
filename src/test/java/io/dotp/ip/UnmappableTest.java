package io.dotp.ip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No answer of anybody makes the gateway itself, its link or its pools the target of a fake. */
class UnmappableTest {
  private static final List<IpPrefix> POOLS =
      List.of(prefix("198.51.100.0/24"), prefix("2001:db8:f::/64"));

  private static final Set<IpAddress> OWN = Set.of(address("192.0.2.1"), address("2001:db8::1"));

  /** The sixteen of the rebinding case, also when private addresses may be mapped. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "0.0.0.0,              special address 0.0.0.0/8",
    "127.0.0.1,            special address 127.0.0.0/8",
    "169.254.1.1,          special address 169.254.0.0/16",
    "224.0.0.1,            special address 224.0.0.0/4",
    "255.255.255.255,      special address 240.0.0.0/4",
    "192.0.2.1,            address of this gateway",
    "198.51.100.7,         address of fake pool 198.51.100.0/24",
    "::,                   special address ::/128",
    "::1,                  special address ::1/128",
    "fe80::1,              special address fe80::/10",
    "ff02::1,              special address ff00::/8",
    "::ffff:127.0.0.1,     special address 127.0.0.0/8",
    "64:ff9b::7f00:1,      special address 127.0.0.0/8",
    "2002:7f00:1::,        special address 127.0.0.0/8",
    "2001:db8::1,          address of this gateway",
    "2001:db8:f::7,        address of fake pool 2001:db8:f::/64",
  })
  void reason_specialAddress_isGivenWhateverIsAllowed(String real, String reason) {
    assertThat(new Unmappable(POOLS, false).reason(address(real), OWN)).isEqualTo(reason);
    assertThat(new Unmappable(POOLS, true).reason(address(real), OWN)).isEqualTo(reason);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "::127.0.0.1",
        "::ffff:0.0.0.0",
        "64:ff9b::",
        "2002::",
        "2002:e000:1::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "::255.255.255.255",
        "::ffff:192.0.2.1",
        "64:ff9b::192.0.2.1",
        "2002:c000:201::",
        "::192.0.2.1",
        "::ffff:198.51.100.7",
        "64:ff9b::198.51.100.7",
        "2002:c633:6407::9",
        "239.255.255.250",
        "240.0.0.1",
        "0.1.2.3",
        "127.255.255.255",
        "febf::1",
        "ffff::1",
      })
  void reason_embeddedOrAtTheBorder_isGivenToo(String real) {
    Unmappable unmappable = new Unmappable(POOLS, true);

    String reason = unmappable.reason(address(real), OWN);

    assertThat(reason).isNotNull();
  }

  /** Those to which {@code java.net.InetAddress} answers no to every question. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "10.0.0.1,          10.0.0.0/8",
    "172.31.255.255,    172.16.0.0/12",
    "192.168.1.1,       192.168.0.0/16",
    "100.64.0.1,        100.64.0.0/10",
    "192.0.0.1,         192.0.0.0/24",
    "198.19.255.255,    198.18.0.0/15",
    "fd00::1,           fc00::/7",
    "::ffff:10.0.0.1,   10.0.0.0/8",
    "::10.0.0.1,        10.0.0.0/8",
    "64:ff9b::a00:1,    10.0.0.0/8",
    "2002:a00:1::,      10.0.0.0/8",
  })
  void reason_privateAddress_isForTheConfigurationToSay(String real, String prefix) {
    assertThat(new Unmappable(POOLS, false).reason(address(real), OWN))
        .isEqualTo("private address " + prefix + " (see allow-private-real)");
    assertThat(new Unmappable(POOLS, true).reason(address(real), OWN)).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "1.0.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "169.255.0.0",
        "203.0.113.1",
        "223.255.255.255",
        "192.0.2.2",
        "198.51.101.0",
        "2001:db8::2",
        "2001:db8:f:1::",
        "::1:0:0:0",
        "fec0::1",
        "2001:7f00:1::",
        "64:ff9b::203.0.113.1",
        "2002:cb00:7101::1",
        "::ffff:203.0.113.1",
        "172.15.255.255",
        "172.32.0.0",
        "100.128.0.0",
        "192.0.1.0",
      })
  void reason_ordinaryAddress_isNull(String real) {
    Unmappable unmappable = new Unmappable(POOLS, false);

    String reason = unmappable.reason(address(real), OWN);

    assertThat(reason).isNull();
  }

  @Test
  void reason_ownAddressGone_isNull() {
    Unmappable unmappable = new Unmappable(POOLS, false);

    String reason = unmappable.reason(address("192.0.2.1"), Set.of());

    assertThat(reason).isNull();
  }

  private static IpAddress address(String text) {
    return requireNonNull(IpAddress.parse(text));
  }

  private static IpPrefix prefix(String text) {
    return requireNonNull(IpPrefix.parse(text));
  }
}
