package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.nft.SchemaListing.Result.Listed;
import io.dotp.nat.nft.SchemaListing.Result.Malformed;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Declarations out of listings, and whether they suit. */
class SchemaListingTest {
  private static SetShape parsed(String body) {
    String json =
        "{\"nftables\": [{\"metainfo\": {}}, {\"table\": {\"name\": \"dotp\"}}, "
            + body.replaceFirst("\"name\"", "\"table\": \"dotp\", \"name\"")
            + ", {\"set\": {\"name\": \"nat_map6\", \"table\": \"another\", \"type\": \"mark\"}}"
            + ", {\"rule\": {\"expr\": [{\"set\": {\"name\": \"x\"}}]}}]}";

    Map<String, SetShape> shapes = ((Listed) SchemaListing.parse(json, "dotp")).shapes();

    assertThat(shapes).containsOnlyKeys("nat_map");
    SetShape shape = shapes.get("nat_map");
    assertThat(shape).isNotNull();
    return shape;
  }

  @Test
  void parse_map_isRead() {
    SetShape shape =
        parsed(
            "{\"map\": {\"name\": \"nat_map\", \"type\": \"ipv4_addr\", \"handle\": 5, \"map\":"
                + " \"ipv4_addr\", \"size\": 65536, \"flags\": [\"timeout\"], \"timeout\": 120,"
                + " \"elem\": [[\"1.1.1.1\", \"2.2.2.2\"]]}}");

    assertThat(shape)
        .isEqualTo(new SetShape("map", "ipv4_addr", "ipv4_addr", 65_536, Set.of("timeout"), 120));
  }

  @Test
  void parse_typeofOfNewerVersions_isTheType() {
    SetShape shape =
        parsed(
            "{\"map\": {\"name\": \"nat_map\", \"type\": {\"typeof\": {\"payload\": {\"protocol\":"
                + " \"ip6\", \"field\": \"daddr\"}}}, \"map\": {\"typeof\": {\"payload\":"
                + " {\"protocol\": \"ip6\", \"field\": \"daddr\"}}}}}");

    assertThat(shape).isEqualTo(new SetShape("map", "ipv6_addr", "ipv6_addr", 0, Set.of(), 0));
  }

  @Test
  void parse_concatenationAndSingleFlag_areRead() {
    SetShape shape =
        parsed(
            "{\"set\": {\"name\": \"nat_map\", \"type\": [\"ipv4_addr\", \"inet_service\"],"
                + " \"flags\": \"interval\"}}");

    assertThat(shape)
        .isEqualTo(new SetShape("set", "ipv4_addr . inet_service", "", 0, Set.of("interval"), 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[]", "{\"nftables\": 3}", "{\"nftables\": [{\"set\": {\"name\": "})
  void parse_notAListing_isMalformed(String json) {
    SchemaListing.Result result = SchemaListing.parse(json, "dotp");

    assertThat(result).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest(name = "{0} {1} : {2} flags {3} timeout {4}")
  @CsvSource({
    "map, ipv4_addr, ipv4_addr, timeout, 0, ''",
    "map, ipv6_addr, ipv6_addr, '', 0, 'expected a map of ipv4_addr : ipv4_addr, found a map of"
        + " ipv6_addr : ipv6_addr'",
    "map, ipv4_addr, verdict, '', 0, 'expected a map of ipv4_addr : ipv4_addr, found a map of"
        + " ipv4_addr : verdict'",
    "set, ipv4_addr, '', '', 0, 'expected a map of ipv4_addr : ipv4_addr, found a set of"
        + " ipv4_addr'",
    "map, ipv4_addr, ipv4_addr, interval, 0, 'expected no flag interval (it makes every update"
        + " slow), found flags interval'",
    "map, ipv4_addr, ipv4_addr, constant, 0, 'expected elements that can be changed, found flags"
        + " constant'",
    "map, ipv4_addr, ipv4_addr, timeout, 60, 'expected elements that stay, found timeout 60s'",
  })
  void misfit_declaration_saysExpectedAndFound(
      String kind, String key, String data, String flag, long timeout, String fault) {
    SetShape shape =
        new SetShape(kind, key, data, 0, flag.isEmpty() ? Set.of() : Set.of(flag), timeout);

    String found = shape.misfit(TableSet.NAT_MAP);

    assertThat(found).isEqualTo(fault);
  }
}
