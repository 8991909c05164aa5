package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.ElementListing.Result.Listed;
import io.dotp.nat.nft.ElementListing.Result.Malformed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings as libnftables 1.0.6 writes them. */
class ElementListingTest {
  private static final String HEAD =
      "{\"nftables\": [{\"metainfo\": {\"version\": \"1.0.6\", \"json_schema_version\": 1}}, ";

  private static String map(String elements) {
    return HEAD
        + "{\"map\": {\"family\": \"inet\", \"name\": \"nat_map\", \"table\": \"dotp\", \"type\":"
        + " \"ipv4_addr\", \"handle\": 5, \"map\": \"ipv4_addr\", \"size\": 65536"
        + (elements.isEmpty() ? "" : ", \"elem\": [" + elements + "]")
        + "}}]}";
  }

  private static String set(String elements) {
    return HEAD
        + "{\"set\": {\"family\": \"inet\", \"name\": \"nat_addr\", \"table\": \"dotp\", \"type\":"
        + " {\"typeof\": {\"payload\": {\"protocol\": \"ip\", \"field\": \"daddr\"}}}, \"elem\": ["
        + elements
        + "]}}]}";
  }

  @Test
  void parse_emptyMap_isEmpty() {
    String json = map("");

    ElementListing.Result result = ElementListing.parse(TableSet.NAT_MAP, json);

    assertThat(result).isEqualTo(new Listed(Map.of(), Set.of(), 0));
  }

  @Test
  void parse_plainAndTimedPairs_areBothRead() {
    String json =
        map(
            "[\"198.18.0.1\", \"203.0.113.1\"], [{\"elem\": {\"val\": \"198.18.0.2\","
                + " \"timeout\": 10, \"expires\": 9, \"comment\": \"x\"}}, \"203.0.113.2\"]");

    ElementListing.Result result = ElementListing.parse(TableSet.NAT_MAP, json);

    assertThat(result)
        .isEqualTo(
            new Listed(
                Map.of(
                    address("198.18.0.1"), address("203.0.113.1"),
                    address("198.18.0.2"), address("203.0.113.2")),
                Set.of(),
                0));
  }

  @Test
  void parse_formsOfOtherTables_areCountedAndLeftOut() {
    String json =
        map(
            "[{\"prefix\": {\"addr\": \"1.2.3.0\", \"len\": 24}}, \"1.1.1.1\"],"
                + "[{\"range\": [\"1.2.4.0\", \"1.2.4.5\"]}, \"1.1.1.1\"],"
                + "[\"1.1.1.1\", {\"concat\": [\"3.3.3.3\", 80]}],"
                + "[\"1.1.1.2\", {\"drop\": null}],"
                + "[{\"elem\": {\"val\": {\"prefix\": {\"addr\": \"9.0.0.0\", \"len\": 8}}}}, \"1.1.1.1\"],"
                + "[\"fd00::1\", \"1.1.1.1\"], [\"1.1.1.1\"], [\"1.1.1.1\", \"2.2.2.2\", \"3.3.3.3\"],"
                + "7, null, [], {}, [[\"1.1.1.1\"], \"2.2.2.2\"],"
                + "[\"198.18.0.1\", \"203.0.113.1\"]");

    ElementListing.Result result = ElementListing.parse(TableSet.NAT_MAP, json);

    assertThat(result)
        .isEqualTo(new Listed(Map.of(address("198.18.0.1"), address("203.0.113.1")), Set.of(), 13));
  }

  @Test
  void parse_set_isRead() {
    String json =
        set(
            "\"203.0.113.1\", {\"elem\": {\"val\": \"203.0.113.2\", \"timeout\": 10}},"
                + " {\"prefix\": {\"addr\": \"1.2.3.0\", \"len\": 24}}, {\"range\": [\"1.1.1.1\","
                + " \"1.1.1.3\"]}");

    ElementListing.Result result = ElementListing.parse(TableSet.NAT_ADDR, json);

    assertThat(result)
        .isEqualTo(new Listed(Map.of(), Set.of(address("203.0.113.1"), address("203.0.113.2")), 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"nftables\": 1}",
        "{\"nftables\": []}",
        "{\"nftables\": [{}]}",
        "{\"nftables\": [{\"set\": {\"elem\": []}}]}",
        "{\"nftables\": [{\"map\": {\"elem\": [[\"1.1.1.1\"",
        "{\"nftables\": [{\"map\": {}, \"map\": {}}]}",
        "table inet dotp {",
      })
  void parse_notAListing_isMalformed(String json) {
    ElementListing.Result result = ElementListing.parse(TableSet.NAT_MAP, json);

    assertThat(result).isInstanceOf(Malformed.class);
  }

  @Test
  void parse_deepNesting_isMalformedAndNoOverflow() {
    String json = map("[".repeat(100_000));

    ElementListing.Result result = ElementListing.parse(TableSet.NAT_MAP, json);

    assertThat(result).isInstanceOf(Malformed.class);
  }

  @Property(tries = 200)
  void parse_anyMap_readsBackWhatWasWritten(@ForAll("pairs") Map<IpAddress, IpAddress> pairs) {
    String json =
        map(
            pairs.entrySet().stream()
                .map(pair -> "[" + key(pair.getKey()) + ", \"" + pair.getValue() + "\"]")
                .collect(Collectors.joining(", ")));

    ElementListing.Result result = ElementListing.parse(TableSet.NAT_MAP6, json);

    assertThat(result).isEqualTo(new Listed(pairs, Set.of(), 0));
  }

  @Property(tries = 500)
  void parse_damagedListing_neverThrows(@ForAll("damaged") String json) {
    List<ElementListing.Result> results =
        List.of(
            ElementListing.parse(TableSet.NAT_MAP, json),
            ElementListing.parse(TableSet.NAT_ADDR, json));

    assertThat(results).doesNotContainNull();
  }

  /** Half of the elements carry a timeout, as in a table with {@code flags timeout}. */
  private static String key(IpAddress key) {
    return (key.low() & 1) == 0
        ? "\"" + key + "\""
        : "{\"elem\": {\"val\": \"" + key + "\", \"timeout\": 120, \"expires\": 77}}";
  }

  @Provide
  Arbitrary<Map<IpAddress, IpAddress>> pairs() {
    Arbitrary<IpAddress> addresses =
        Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(IpAddress::ofIpv6);
    return Arbitraries.maps(addresses, addresses).ofMaxSize(300).map(HashMap::new);
  }

  @Provide
  Arbitrary<String> damaged() {
    String whole =
        map("[\"198.18.0.1\", \"203.0.113.1\"], [{\"elem\": {\"val\": \"1.1.1.1\"}}, \"2.2.2.2\"]");
    return Combinators.combine(
            Arbitraries.integers().between(0, whole.length() - 1),
            Arbitraries.integers().between(0, 12),
            Arbitraries.strings().withChars("[]{}\",: 1.afn\\").ofMaxLength(6))
        .as(
            (at, cut, put) ->
                whole.substring(0, at) + put + whole.substring(Math.min(whole.length(), at + cut)));
  }
}
