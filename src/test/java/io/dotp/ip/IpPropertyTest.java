package io.dotp.ip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Addresses and prefixes against {@code java.net} and against arithmetic on big numbers. */
class IpPropertyTest {
  @Property
  void parse_ofToString_isTheSameAddress(@ForAll("addresses") IpAddress address) {
    String text = address.toString();

    assertThat(IpAddress.parse(text)).isEqualTo(address);
  }

  @Property
  void bytes_throughJavaNet_areTheSameAddress(@ForAll("addresses") IpAddress address)
      throws UnknownHostException {
    InetAddress there = address.toInetAddress();

    assertThat(IpAddress.of(there)).isEqualTo(address);
    assertThat(IpAddress.ofBytes(address.family(), address.toBytes(), 0)).isEqualTo(address);
    assertThat(there)
        .isInstanceOf(address.family() == Family.IPV6 ? Inet6Address.class : InetAddress.class);
  }

  /** Our text read by {@code java.net}, its text read by us; it reads mapped addresses as IPv4. */
  @Property
  void text_readByTheOtherSide_isTheSameAddress(@ForAll("addresses") IpAddress address)
      throws UnknownHostException {
    InetAddress theirs = InetAddress.getByName(address.toString());
    IpAddress ours = requireNonNull(IpAddress.parse(address.toInetAddress().getHostAddress()));

    assertThat(IpAddress.of(theirs)).isEqualTo(address.unmapped());
    assertThat(ours).isEqualTo(address);
  }

  @Property
  void parse_anyText_isNullOrAnAddress(@ForAll("texts") String text) {
    IpAddress address = IpAddress.parse(text);

    if (address != null) {
      assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
    }
  }

  @Property
  void contains_anyPair_isEqualityOfTheLeadingBits(
      @ForAll("prefixes") IpPrefix prefix, @ForAll("addresses") IpAddress address) {
    boolean expected = naiveContains(prefix, address);

    assertThat(prefix.contains(address)).isEqualTo(expected);
  }

  @Property
  void overlaps_anyPair_isContainmentEitherWay(
      @ForAll("prefixes") IpPrefix one, @ForAll("prefixes") IpPrefix other) {
    boolean expected = naiveContains(one, other.network()) || naiveContains(other, one.network());

    assertThat(one.overlaps(other)).isEqualTo(expected);
    assertThat(other.overlaps(one)).isEqualTo(expected);
  }

  @Property
  void indexOf_addressAt_isTheIndex(@ForAll("prefixes") IpPrefix prefix, @ForAll long random) {
    int bits = prefix.hostBits();
    long index = bits == 0 ? 0 : bits >= 64 ? random : random >>> 64 - bits;

    IpAddress address = prefix.addressAt(index);

    assertThat(prefix.contains(address)).isTrue();
    assertThat(prefix.indexOf(address)).isEqualTo(index);
    assertThat(number(address))
        .isEqualTo(number(prefix.network()).add(new BigInteger(Long.toUnsignedString(index))));
  }

  @Property
  void prefix_throughText_isTheSame(@ForAll("prefixes") IpPrefix prefix) {
    assertThat(IpPrefix.parse(prefix.toString())).isEqualTo(prefix);
  }

  @Property
  void compareTo_sameFamily_isTheOrderOfTheNumbers(
      @ForAll("addresses") IpAddress one, @ForAll("addresses") IpAddress other) {
    int expected =
        one.family() == other.family()
            ? number(one).compareTo(number(other))
            : one.family().compareTo(other.family());

    assertThat(Integer.signum(one.compareTo(other))).isEqualTo(Integer.signum(expected));
  }

  /** Groups of zeros and ones are what compression and masks are about. */
  @Provide
  Arbitrary<IpAddress> addresses() {
    Arbitrary<Integer> group =
        Arbitraries.oneOf(
            Arbitraries.of(0, 0, 0, 1, 0xffff, 0x2002, 0x64),
            Arbitraries.integers().between(0, 0xffff));
    Arbitrary<IpAddress> ipv6 =
        group.list().ofSize(8).map(g -> IpAddress.ofIpv6(word(g, 0), word(g, 4)));
    Arbitrary<IpAddress> ipv4 =
        group.list().ofSize(2).map(g -> IpAddress.ofIpv4(g.get(0) << 16 | g.get(1)));
    Arbitrary<IpAddress> mapped = ipv4.map(a -> IpAddress.ofIpv6(0, 0xffff_0000_0000L | a.low()));
    return Arbitraries.oneOf(ipv6, ipv4, mapped);
  }

  @Provide
  Arbitrary<IpPrefix> prefixes() {
    return Combinators.combine(addresses(), Arbitraries.integers().between(0, 128))
        .as((address, length) -> new IpPrefix(address, Math.min(length, address.family().bits())));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("0123456789abcdefF:.:.%/ ").ofMaxLength(46);
  }

  private static boolean naiveContains(IpPrefix prefix, IpAddress address) {
    return prefix.family() == address.family()
        && number(prefix.network())
            .shiftRight(prefix.hostBits())
            .equals(number(address).shiftRight(prefix.hostBits()));
  }

  private static BigInteger number(IpAddress address) {
    return new BigInteger(1, address.toBytes());
  }

  private static long word(List<Integer> groups, int from) {
    return groups.subList(from, from + 4).stream()
        .mapToLong(g -> g)
        .reduce(0, (w, g) -> w << 16 | g);
  }
}
