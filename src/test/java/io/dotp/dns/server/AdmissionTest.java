package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.DnsConfig;
import io.dotp.dns.resolver.FailureCause;
import io.dotp.ip.AccessList;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.net.OwnAddresses;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may ask, compared with a reference that knows nothing but strings of bits. */
class AdmissionTest {
  private static final OwnAddresses OWN =
      new OwnAddresses(
          Set.of(ip("192.168.77.1"), ip("203.0.113.5"), ip("2001:db8:77::1")),
          List.of(prefix("192.168.77.0/24"), prefix("203.0.113.0/29"), prefix("2001:db8:77::/64")));

  private static final Admission DEFAULT = admission(AccessList.LOCAL_NETWORKS, true);

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.255.255.255, true",
    "126.255.255.255, false",
    "128.0.0.0, false",
    "10.0.0.0, true",
    "10.255.255.255, true",
    "9.255.255.255, false",
    "11.0.0.0, false",
    "172.16.0.0, true",
    "172.31.255.255, true",
    "172.15.255.255, false",
    "172.32.0.0, false",
    "192.168.0.0, true",
    "192.168.255.255, true",
    "192.167.255.255, false",
    "192.169.0.0, false",
    "169.254.0.1, true",
    "169.253.255.255, false",
    "169.255.0.0, false",
    "100.64.0.1, false",
    "198.18.0.1, false",
    "0.0.0.0, false",
    "255.255.255.255, false",
    "8.8.8.8, false",
    "203.0.113.1, true",
    "203.0.113.7, true",
    "203.0.113.8, false",
    "203.0.112.255, false",
    "::1, true",
    "::, false",
    "::2, false",
    "fc00::, true",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true",
    "fbff::1, false",
    "fe00::1, false",
    "fe80::1, true",
    "febf:ffff::1, true",
    "fe7f::1, false",
    "fec0::1, false",
    "ff02::1, false",
    "2001:db8:77::2, true",
    "2001:db8:77:0:ffff:ffff:ffff:ffff, true",
    "2001:db8:77:1::2, false",
    "2001:db8:76:ffff::2, false",
    "2606:4700::1111, false",
    "::ffff:127.0.0.1, true",
    "::ffff:10.1.2.3, true",
    "::ffff:192.168.1.1, true",
    "::ffff:203.0.113.7, true",
    "::ffff:203.0.113.8, false",
    "::ffff:8.8.8.8, false",
    "::fffe:10.1.2.3, false",
    "::10.1.2.3, false",
    "::127.0.0.1, false",
    "64:ff9b::10.1.2.3, false",
    "64:ff9b::192.168.1.1, false",
    "2002:a01:203::1, false",
    "2002:c0a8:101::1, false",
    "2002:7f00:1::1, false",
    "2001:0:a01:203::1, false"
  })
  void default_client_isOfAnAttachedOrLocalNetworkOrDenied(String client, boolean allowed) {
    assertThat(allows(DEFAULT, client)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.0/24, 203.0.113.200, true",
    "203.0.113.0/24, 192.168.77.2, false",
    "203.0.113.0/24, ::ffff:203.0.113.200, true",
    "::ffff:203.0.113.0/120, 203.0.113.200, true",
    "::ffff:203.0.113.0/120, ::ffff:203.0.113.200, true",
    "::ffff:203.0.113.0/120, 203.0.114.1, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::ffff:8.8.8.8, true",
    "0.0.0.0/0, 2606:4700::1111, false",
    "::/0, 2606:4700::1111, true",
    "::/0, 8.8.8.8, false",
    "::/0, ::ffff:8.8.8.8, false",
    "2001:db8::1, 2001:db8::1, true",
    "2001:db8::1, 2001:db8::2, false",
    "8.8.8.8, 8.8.8.8, true",
    "8.8.8.8, 8.8.8.9, false"
  })
  void given_list_replacesTheDefault(String list, String client, boolean allowed) {
    Admission admission = admission(new AccessList(List.of(prefix(list))), false);

    assertThat(allows(admission, client)).isEqualTo(allowed);
  }

  @Test
  void client_withAScope_isJudgedByItsAddress() throws Exception {
    InetSocketAddress client =
        new InetSocketAddress(Inet6Address.getByAddress(null, ip("fe80::7").toBytes(), 1), 53);

    assertThat(DEFAULT.refusal(IpAddress.of(client.getAddress()), client)).isNull();
  }

  @Property(tries = 2_000)
  void list_anyPrefixAndClient_agreesWithTheReference(
      @ForAll @Size(16) byte[] network,
      @ForAll @IntRange(max = 128) int length,
      @ForAll @IntRange(max = 128) int sharedBits,
      @ForAll @Size(16) byte[] other,
      @ForAll boolean ipv4) {
    int bits = ipv4 ? 32 : 128;
    String prefixBits = bits(network, bits);
    int shared = Math.min(sharedBits, bits);
    String clientBits = prefixBits.substring(0, shared) + bits(other, bits).substring(shared);
    int kept = Math.min(length, bits);
    IpPrefix prefix = new IpPrefix(address(prefixBits), kept);

    boolean allowed = new AccessList(List.of(prefix)).allows(address(clientBits).unmapped());

    assertThat(allowed).isEqualTo(clientBits.startsWith(prefixBits.substring(0, kept)));
  }

  private static String bits(byte[] bytes, int count) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      text.append(Integer.toBinaryString(0x100 | each & 0xff).substring(1));
    }
    return text.substring(0, count);
  }

  private static IpAddress address(String bits) {
    byte[] bytes = new byte[bits.length() / 8];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(bits.substring(8 * i, 8 * i + 8), 2);
    }
    return IpAddress.ofBytes(bytes.length == 4 ? Family.IPV4 : Family.IPV6, bytes, 0);
  }

  private static Admission admission(AccessList allowed, boolean attached) {
    DnsConfig config = new DnsConfig(List.of(), 53, allowed, attached, 0);
    return new Admission(
        config, () -> OWN, new UpstreamSide(any -> false, (source, name, type, dclass) -> false));
  }

  /** As the query handler asks. */
  private static boolean allows(Admission admission, String client) {
    IpAddress address = ip(client);
    FailureCause refusal =
        admission.refusal(
            address.unmapped(), new InetSocketAddress(address.toInetAddress(), 53_000));
    assertThat(refusal == null || refusal == FailureCause.CLIENT_DENIED).isTrue();
    return refusal == null;
  }

  private static IpAddress ip(String text) {
    return Objects.requireNonNull(IpAddress.parse(text), text);
  }

  private static IpPrefix prefix(String text) {
    return Objects.requireNonNull(IpPrefix.parse(text), text);
  }
}
