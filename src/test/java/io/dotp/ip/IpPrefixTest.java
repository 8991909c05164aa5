package io.dotp.ip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks: text, borders, numbering of their addresses. */
class IpPrefixTest {
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "198.18.0.0/15,        198.18.0.0/15",
    "198.19.255.255/15,    198.18.0.0/15",
    "192.0.2.1,            192.0.2.1/32",
    "192.0.2.1/0,          0.0.0.0/0",
    "2001:db8::1,          2001:db8::1/128",
    "2001:db8:ffff::/33,   2001:db8:8000::/33",
    "2001:2:0:d07:1::/64,  2001:2:0:d07::/64",
    "2001:2::8000:0:0:1/65, 2001:2:0:0:8000::/65",
    "ffff::1/0,            ::/0",
  })
  void parse_text_clearsHostBits(String text, String expected) {
    IpPrefix prefix = IpPrefix.parse(text);

    assertThat(prefix).hasToString(expected);
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/8 ",
        "10/8",
        "::/129",
        "::/0128",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/٨",
      })
  void parse_noPrefix_isNull(String text) {
    IpPrefix prefix = IpPrefix.parse(text);

    assertThat(prefix).isNull();
  }

  @ParameterizedTest(name = "{0} contains {1}: {2}")
  @CsvSource({
    "10.0.0.0/8,      10.255.255.255, true",
    "10.0.0.0/8,      11.0.0.0,       false",
    "10.0.0.0/8,      9.255.255.255,  false",
    "0.0.0.0/0,       255.1.2.3,      true",
    "0.0.0.0/0,       ::1,            false",
    "::/0,            10.0.0.1,       false",
    "::/0,            ffff::,         true",
    "192.0.2.1/32,    192.0.2.1,      true",
    "192.0.2.1/32,    192.0.2.0,      false",
    "fe80::/10,       febf::1,        true",
    "fe80::/10,       fec0::1,        false",
    "2001:db8::/64,   2001:db8:0:0:ffff::, true",
    "2001:db8::/64,   2001:db8:0:1::, false",
    "2001:db8::/65,   2001:db8::7fff:0:0:0, true",
    "2001:db8::/65,   2001:db8::8000:0:0:0, false",
    "::ffff:0:0/96,   10.0.0.1,       false",
  })
  void contains_border_isExact(String prefix, String address, boolean expected) {
    boolean contained = prefix(prefix).contains(requireNonNull(IpAddress.parse(address)));

    assertThat(contained).isEqualTo(expected);
  }

  @Test
  void constructor_lengthOutsideFamily_isRefused() {
    IpAddress ipv4 = IpAddress.ofIpv4(0);

    assertThatThrownBy(() -> new IpPrefix(ipv4, 33)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new IpPrefix(ipv4, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void addressAt_lastIndex_isTheLastAddress() {
    assertThat(prefix("198.18.0.0/15").addressAt(0x1ffff)).hasToString("198.19.255.255");
    assertThat(prefix("192.0.2.1/32").addressAt(0)).hasToString("192.0.2.1");
    assertThat(prefix("2001:2:0:d07::/64").addressAt(-1))
        .hasToString("2001:2:0:d07:ffff:ffff:ffff:ffff");
    assertThat(prefix("0.0.0.0/0").addressAt(0xffff_ffffL)).hasToString("255.255.255.255");
  }

  @Test
  void addressAt_indexTooLarge_isRefused() {
    assertThatThrownBy(() -> prefix("198.18.0.0/15").addressAt(0x20000))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> prefix("198.18.0.0/15").addressAt(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> prefix("::/65").addressAt(Long.MIN_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void indexOf_foreignAddress_isRefused() {
    IpAddress foreign = requireNonNull(IpAddress.parse("198.20.0.0"));

    assertThatThrownBy(() -> prefix("198.18.0.0/15").indexOf(foreign))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "::ffff:0:0/96,       0.0.0.0/0",
    "::ffff:10.0.0.1/128, 10.0.0.1/32",
    "::fffe:0:0/95,       ::fffe:0:0/95",
    "10.0.0.0/8,          10.0.0.0/8",
    "::/0,                ::/0",
  })
  void unmapped_prefix_touchesMappedOnly(String text, String expected) {
    IpPrefix plain = prefix(text).unmapped();

    assertThat(plain).isEqualTo(prefix(expected));
  }

  private static IpPrefix prefix(String text) {
    return requireNonNull(IpPrefix.parse(text));
  }
}
