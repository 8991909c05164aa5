package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, sizes and pools of a table. */
class TableSpecTest {
  static TableSpec spec(String... pools) {
    return new TableSpec("dotp", prefixes(pools));
  }

  static List<IpPrefix> prefixes(String... pools) {
    return Stream.of(pools).map(IpPrefix::parse).map(Objects::requireNonNull).toList();
  }

  @ParameterizedTest(name = "{0} has size {1}")
  @CsvSource({
    "100.64.0.0/24, 65536",
    "198.18.0.0/15, 131072",
    "10.0.0.0/8, 262144",
    "0.0.0.0/0, 262144",
    "fd00::/64, 262144",
    "fd00::/120, 65536",
  })
  void size_onePool_isBounded(String pool, int size) {
    TableSpec spec = spec(pool);

    Family family = spec.pools().get(0).family();

    assertThat(spec.size(family)).isEqualTo(size);
  }

  @Test
  void size_severalPools_isTheirSum() {
    TableSpec spec = spec("198.18.0.0/16", "198.19.0.0/16", "198.18.7.0/24", "198.18.0.0/16");

    int size = spec.size(Family.IPV4);

    assertThat(size).isEqualTo(131_072);
  }

  @Test
  void poolsOf_nestedAndRepeated_keepsTheWidest() {
    TableSpec spec = spec("198.18.7.0/24", "198.18.0.0/16", "198.18.0.0/16", "fd00::/64");

    List<IpPrefix> pools = spec.poolsOf(Family.IPV4);

    assertThat(pools).isEqualTo(prefixes("198.18.0.0/16"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1st", "a b", "x;flush ruleset", "a{", "ä", "a\nb"})
  void table_notAnIdentifier_isRefused(String name) {
    List<IpPrefix> pools = List.of();

    assertThatThrownBy(() -> new TableSpec(name, pools))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
