package io.dotp.ip;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may ask, whatever spelling the address comes in. */
class AccessListTest {
  private static final int PAIRS = 200;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "127.0.0.1,             true",
    "10.1.2.3,              true",
    "172.15.255.255,        false",
    "172.16.0.0,            true",
    "172.31.255.255,        true",
    "172.32.0.0,            false",
    "192.168.255.1,         true",
    "192.169.0.1,           false",
    "169.254.7.7,           true",
    "203.0.113.1,           false",
    "100.64.0.1,            false",
    "::1,                   true",
    "::,                    false",
    "fd00::1,               true",
    "fbff::1,               false",
    "fe80::1,               true",
    "2001:db8::1,           false",
    "::ffff:10.1.2.3,       true",
    "::ffff:203.0.113.1,    false",
    "::10.1.2.3,            false",
    "64:ff9b::10.1.2.3,     false",
    "2002:a01:203::1,       false",
  })
  void allows_localNetworks_isNoOpenResolver(String client, boolean expected) {
    boolean allowed = AccessList.LOCAL_NETWORKS.allows(address(client));

    assertThat(allowed).isEqualTo(expected);
  }

  @Test
  void allows_emptyList_isNobody() {
    AccessList nobody = new AccessList(List.of());

    assertThat(nobody.allows(address("127.0.0.1"))).isFalse();
    assertThat(nobody.allows(address("::1"))).isFalse();
  }

  @Test
  void allows_prefixWrittenAsMapped_meansIpv4() {
    AccessList list =
        new AccessList(List.of(requireNonNull(IpPrefix.parse("::ffff:10.0.0.0/104"))));

    assertThat(list.allows(address("10.1.2.3"))).isTrue();
    assertThat(list.allows(address("::ffff:10.1.2.3"))).isTrue();
    assertThat(list.allows(address("11.1.2.3"))).isFalse();
  }

  /** Random lists; half of the clients lie in or beside a prefix, and a third comes mapped. */
  static Stream<Arguments> pairs() {
    Random random = new Random(20_484);
    return IntStream.range(0, PAIRS)
        .mapToObj(
            row -> {
              List<IpPrefix> prefixes =
                  Stream.generate(() -> randomPrefix(random)).limit(random.nextInt(6)).toList();
              IpAddress client =
                  prefixes.isEmpty() || random.nextBoolean()
                      ? randomAddress(random)
                      : beside(prefixes.get(0), random);
              if (client.family() == Family.IPV4 && random.nextInt(3) == 0) {
                client = IpAddress.ofIpv6(0, 0xffff_0000_0000L | client.low());
              }
              return Arguments.of(row, prefixes, client);
            });
  }

  @ParameterizedTest(name = "{0}: {2} in {1}")
  @MethodSource("pairs")
  void allows_randomPair_isWhatTheNaiveReferenceSays(
      int row, List<IpPrefix> prefixes, IpAddress client) {
    boolean allowed = new AccessList(prefixes).allows(client);

    assertThat(allowed).as("row %d", row).isEqualTo(naive(prefixes, client));
  }

  @Test
  void pairs_table_holdsBothVerdictsOften() {
    long allowed =
        pairs()
            .filter(
                row -> {
                  @SuppressWarnings("unchecked")
                  List<IpPrefix> prefixes = (List<IpPrefix>) row.get()[1];
                  return naive(prefixes, (IpAddress) row.get()[2]);
                })
            .count();

    assertThat(allowed).isBetween(PAIRS / 5L, PAIRS * 4L / 5);
  }

  /** The first bits as text; a mapped client loses the twelve bytes in front. */
  private static boolean naive(List<IpPrefix> prefixes, IpAddress client) {
    byte[] bytes = client.toBytes();
    byte[] mappedStart = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};
    boolean mapped = bytes.length == 16 && Arrays.equals(bytes, 0, 12, mappedStart, 0, 12);
    String judged = bits(mapped ? Arrays.copyOfRange(bytes, 12, 16) : bytes);
    return prefixes.stream()
        .anyMatch(
            prefix -> {
              String network = bits(prefix.network().toBytes());
              return network.length() == judged.length()
                  && judged.startsWith(network.substring(0, prefix.length()));
            });
  }

  private static String bits(byte[] bytes) {
    String digits = new BigInteger(1, bytes).toString(2);
    return "0".repeat(bytes.length * 8 - digits.length()) + digits;
  }

  private static IpAddress randomAddress(Random random) {
    return random.nextBoolean()
        ? IpAddress.ofIpv4(random.nextInt())
        : IpAddress.ofIpv6(random.nextLong(), random.nextLong());
  }

  private static IpPrefix randomPrefix(Random random) {
    IpAddress network = randomAddress(random);
    return new IpPrefix(network, random.nextInt(network.family().bits() + 1));
  }

  /** An address of the prefix, with its last network bit turned half of the time. */
  private static IpAddress beside(IpPrefix prefix, Random random) {
    byte[] bytes = prefix.network().toBytes();
    if (prefix.length() > 0 && random.nextBoolean()) {
      int bit = prefix.length() - 1;
      bytes[bit / 8] ^= (byte) (0x80 >> bit % 8);
    }
    return IpAddress.ofBytes(prefix.family(), bytes, 0);
  }

  private static IpAddress address(String text) {
    return requireNonNull(IpAddress.parse(text));
  }
}
