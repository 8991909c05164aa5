package io.dotp.ip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text forms, bytes, order, and what hides inside IPv6. */
class IpAddressTest {
  /** The examples of RFC 5952 sections 1 to 5, and the borders of the rules. */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "2001:db8:0:0:1:0:0:1,                    2001:db8::1:0:0:1",
    "2001:0db8:0:0:1:0:0:1,                   2001:db8::1:0:0:1",
    "2001:db8::1:0:0:1,                       2001:db8::1:0:0:1",
    "2001:db8::0:1:0:0:1,                     2001:db8::1:0:0:1",
    "2001:0db8::1:0:0:1,                      2001:db8::1:0:0:1",
    "2001:db8:0:0:1::1,                       2001:db8::1:0:0:1",
    "2001:DB8:0:0:1::1,                       2001:db8::1:0:0:1",
    "2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001,  2001:db8:aaaa:bbbb:cccc:dddd:eeee:1",
    "2001:db8:aaaa:bbbb:cccc:dddd:0:1,        2001:db8:aaaa:bbbb:cccc:dddd:0:1",
    "2001:db8:aaaa:bbbb:cccc:dddd::1,         2001:db8:aaaa:bbbb:cccc:dddd:0:1",
    "2001:db8:0:1:1:1:1:1,                    2001:db8:0:1:1:1:1:1",
    "2001:db8::1:1:1:1:1,                     2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1,                      2001:0:0:1::1",
    "2001:db8:0:0:0:0:2:1,                    2001:db8::2:1",
    "0:0:0:0:0:0:0:0,                         ::",
    "0:0:0:0:0:0:0:1,                         ::1",
    "1:0:0:0:0:0:0:0,                         1::",
    "1:2:3:4:5:6:7::,                         1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8,                         0:2:3:4:5:6:7:8",
    "1:0:0:2:0:0:0:0,                         1:0:0:2::",
    "0:0:1:0:0:0:1:0,                         0:0:1::1:0",
    "::ffff:192.0.2.1,                        ::ffff:192.0.2.1",
    "::ffff:c000:201,                         ::ffff:192.0.2.1",
    "64:ff9b::192.0.2.33,                     64:ff9b::c000:221",
    "1:2:3:4:5:6:1.2.3.4,                     1:2:3:4:5:6:102:304",
    "FFFF:ffff:FFFF:ffff:FFFF:ffff:255.255.255.255, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "0.0.0.0,                                 0.0.0.0",
    "255.255.255.255,                         255.255.255.255",
    "192.0.2.1,                               192.0.2.1",
  })
  void toString_parsedText_isCanonical(String text, String canonical) {
    IpAddress address = IpAddress.parse(text);

    assertThat(address).hasToString(canonical);
    assertThat(IpAddress.parse(canonical)).isEqualTo(address);
  }

  @ParameterizedTest(name = "[{0}]")
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        ":",
        ":::",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4.",
        ".1.2.3.4",
        "1..3.4",
        "1.2.3.256",
        "1.2.3.-4",
        "1.2.3.+4",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.0x4",
        "1.2.3.4 ",
        "1.2.3.4%lo",
        "1.2.3.4/32",
        "1234.1.1.1",
        "١.2.3.4",
        "localhost",
        "::1%eth0",
        "[::1]",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1::2::3",
        "::1::",
        "1:::2",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "1::2:",
        ":1::2",
        "12345::",
        "g::",
        "-1::",
        "::1.2.3",
        "::1.2.3.4.5",
        "::1.2.3.256",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::ffff:01.2.3.4",
        "::１",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555",
      })
  void parse_noLiteral_isNull(String text) {
    IpAddress address = IpAddress.parse(text);

    assertThat(address).isNull();
  }

  @ParameterizedTest(name = "{0} embeds {1}")
  @CsvSource({
    "::ffff:127.0.0.1,       127.0.0.1",
    "::ffff:0.0.0.0,         0.0.0.0",
    "::127.0.0.1,            127.0.0.1",
    "::2,                    0.0.0.2",
    "64:ff9b::7f00:1,        127.0.0.1",
    "64:ff9b::,              0.0.0.0",
    "2002:7f00:1::,          127.0.0.1",
    "2002:c000:201:1:2:3:4:5, 192.0.2.1",
    "::,                     ",
    "::1,                    ",
    "127.0.0.1,              ",
    "64:ff9b:1::7f00:1,      ",
    "64:ff9b::1:7f00:1,      ",
    "2001:7f00:1::,          ",
    "2003:7f00:1::,          ",
    "::fffe:127.0.0.1,       ",
    "::1:ffff:127.0.0.1,     ",
    "2001:db8::ffff:7f00:1,  ",
  })
  void embeddedIpv4_ofAddress_isWhatTheFormatHides(String text, String embedded) {
    IpAddress address = requireNonNull(IpAddress.parse(text));

    IpAddress found = address.embeddedIpv4();

    assertThat(found).isEqualTo(embedded == null ? null : IpAddress.parse(embedded));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "::ffff:192.0.2.1, 192.0.2.1",
    "192.0.2.1,        192.0.2.1",
    "::192.0.2.1,      ::192.0.2.1",
    "2001:db8::1,      2001:db8::1",
  })
  void unmapped_ofAddress_touchesMappedOnly(String text, String expected) {
    IpAddress address = requireNonNull(IpAddress.parse(text));

    IpAddress plain = address.unmapped();

    assertThat(plain).isEqualTo(IpAddress.parse(expected));
  }

  @Test
  void constructor_ipv4WithMoreThan32Bits_isRefused() {
    assertThatThrownBy(() -> new IpAddress(Family.IPV4, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new IpAddress(Family.IPV4, 0, 1L << 32))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void compareTo_mixedAddresses_ordersByFamilyThenUnsigned() {
    Stream<String> texts = Stream.of("ffff::", "::1", "255.0.0.1", "1.0.0.1", "::ff00:0:0:0", "::");

    Stream<IpAddress> sorted = texts.map(IpAddress::parse).map(a -> requireNonNull(a)).sorted();

    assertThat(sorted.map(IpAddress::toString))
        .containsExactly("1.0.0.1", "255.0.0.1", "::", "::1", "::ff00:0:0:0", "ffff::");
  }

  @Test
  void toInetAddress_mapped_staysIpv6() {
    IpAddress mapped = requireNonNull(IpAddress.parse("::ffff:192.0.2.1"));

    InetAddress address = mapped.toInetAddress();

    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(address.getAddress()).isEqualTo(mapped.toBytes());
    assertThat(IpAddress.of(address)).isEqualTo(mapped);
  }

  @Test
  void of_scopedAddress_dropsTheScope() throws UnknownHostException {
    IpAddress plain = requireNonNull(IpAddress.parse("fe80::1"));
    InetAddress scoped = Inet6Address.getByAddress(null, plain.toBytes(), 7);

    IpAddress address = IpAddress.of(scoped);

    assertThat(address).isEqualTo(plain);
  }

  @Test
  void ofBytes_withOffset_readsFromThere() {
    byte[] bytes = {9, 9, (byte) 192, 0, 2, (byte) 255, 9};

    IpAddress address = IpAddress.ofBytes(Family.IPV4, bytes, 2);

    assertThat(address).hasToString("192.0.2.255");
  }
}
