package io.dotp.nat.nft;

import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.ip.Unmappable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rendering of the managed table, as text. */
class ManagedTableTest {
  private static final IpAddress PUBLIC4 = IpAddress.ofIpv4(0x08080808);
  private static final IpAddress PUBLIC6 = IpAddress.ofIpv6(0x2606_4700_0000_0000L, 1);

  @Test
  void render_onePoolEach_namesThemWithoutBraces() {
    TableSpec spec = spec("198.18.0.0/15", "2001:2::/48");

    String rules = ManagedTable.render(spec);

    assertThat(rules)
        .doesNotContain("#!", "nft -f", "\n\n\n")
        .contains("\tip daddr 198.18.0.0/15 dnat ip ", "\tip6 daddr 2001:2::/48 dnat ip6 ")
        .contains("map nat_map { typeof ip daddr : ip daddr; size 131072; }")
        .contains("map nat_map6 { typeof ip6 daddr : ip6 daddr; size 262144; }")
        .contains("set used { typeof ip daddr; size 131072; flags dynamic,timeout;");
  }

  @Test
  void render_severalPools_listsThem() {
    TableSpec spec = spec("198.18.0.0/17", "198.19.0.0/17", "198.18.1.0/24");

    String rules = ManagedTable.render(spec);

    assertThat(rules).contains("\tip daddr { 198.18.0.0/17, 198.19.0.0/17 } dnat ip ");
  }

  @Test
  void render_onlyIpv4_saysNothingOfIpv6() {
    TableSpec spec = spec("198.18.0.0/15");

    List<String> code = code(ManagedTable.render(spec));

    assertThat(code).anyMatch(line -> line.contains("nat_map "));
    assertThat(code).noneMatch(line -> line.matches(".*(ip6|FAKE6|nat_map6|used6|icmpv6).*"));
  }

  @Test
  void render_onlyIpv6_saysNothingOfIpv4() {
    TableSpec spec = spec("2001:2::/48");

    List<String> code = code(ManagedTable.render(spec));

    assertThat(code).anyMatch(line -> line.contains("nat_map6 "));
    assertThat(code).noneMatch(line -> line.matches(".*(ip daddr|FAKE4|@nat_map |with icmp ).*"));
  }

  @Test
  void render_always_leavesNoMarkAndNoTag() {
    TableSpec spec = spec("198.18.0.0/15", "2001:2::/48");

    List<String> code = code(ManagedTable.render(spec));

    assertThat(code).noneMatch(line -> line.contains("mark") || line.contains("MARK"));
    assertThat(code).noneMatch(line -> line.matches(".*([#$]|define).*"));
  }

  @Test
  void render_routesWithoutMarkOrProxy_isTheShippedFile() throws IOException {
    TableSpec spec = spec("198.18.0.0/15", "100.64.0.0/24", "2001:2::/48", "fd00::/64");
    List<String> shipped = new ArrayList<>();
    Map<String, String> defines = new HashMap<>();
    for (String line : code(Files.readString(Path.of("nft/rules.nft")))) {
      Matcher define = Pattern.compile("define (\\w+) = (.*?) #\\w+").matcher(line);
      if (define.matches()) {
        defines.put("$" + define.group(1), define.group(2));
      } else if (!line.isBlank() && !line.matches(".* #mark[46]?")) {
        shipped.add(line.replaceAll(" #[46]$", ""));
      }
    }
    defines.forEach((name, value) -> shipped.replaceAll(line -> line.replace(name, value)));
    shipped.replaceAll(line -> line.replaceAll("size \\d+", "size N"));

    List<String> rendered =
        new ArrayList<>(
            code(ManagedTable.render(spec)).stream().filter(l -> !l.isBlank()).toList());
    rendered.replaceAll(line -> line.replaceAll("size \\d+", "size N"));
    rendered.replaceAll(line -> line.replace(" { comment \"dotp 2\"; }", ""));

    assertThat(rendered).containsExactlyElementsOf(shipped);
  }

  @Test
  void render_otherName_namesOnlyThatTable() {
    TableSpec spec = new TableSpec("gw.fakes", TableSpecTest.prefixes("198.18.0.0/15"));

    String rules = ManagedTable.render(spec);

    assertThat(rules)
        .contains("\nadd table inet gw.fakes { comment \"dotp 2\"; }\n")
        .contains("\nflush table inet gw.fakes\n", "\ntable inet gw.fakes {\n")
        .doesNotContain("inet dotp");
  }

  @Test
  void isOurs_anyLayout_isRecognised() {
    List<String> ours = List.of("dotp", "dotp 1", "dotp 7 later");

    List<String> others = List.of("", "dotpx 1", "mine", "by dotp 1");

    assertThat(ours).allMatch(ManagedTable::isOurs);
    assertThat(others).noneMatch(ManagedTable::isOurs);
  }

  @Test
  void commentOf_commentOfAnElement_isNotTheTables() {
    String without =
        "table inet dotp {\n\tset s {\n\t\ttypeof ip daddr\n\t\tcomment \"dotp 1\"\n\t}\n}\n";
    String with = "table inet dotp {\n\tflags dormant\n\tcomment \"dotp 1\"\n\tset s {\n\t}\n}\n";

    List<String> comments = List.of(ManagedTable.commentOf(without), ManagedTable.commentOf(with));

    assertThat(comments).containsExactly("", "dotp 1");
  }

  @Test
  void isShaped_smallerOrMissingOrLeftOverSet_isNot() {
    TableSpec spec = spec("198.18.0.0/16");
    SetShape map = new SetShape("map", "ipv4_addr", "ipv4_addr", 65_536, Set.of(), 0);
    SetShape set = new SetShape("set", "ipv4_addr", "", 65_536, Set.of(), 0);
    SetShape small = new SetShape("set", "ipv4_addr", "", 1_000, Set.of(), 0);
    SetShape used = new SetShape("set", "ipv4_addr", "", 65_536, Set.of("timeout"), 120);
    SetShape brief = new SetShape("set", "ipv4_addr", "", 65_536, Set.of("timeout"), 60);
    SetShape six = new SetShape("set", "ipv6_addr", "", 65_536, Set.of(), 0);

    List<Map<String, SetShape>> wrong =
        List.of(
            Map.of("nat_map", map, "used", used),
            Map.of("nat_map", map, "nat_addr", small, "used", used),
            Map.of("nat_map", set, "nat_addr", set, "used", used),
            Map.of("nat_map", map, "nat_addr", set),
            Map.of("nat_map", map, "nat_addr", set, "used", brief),
            Map.of("nat_map", map, "nat_addr", set, "used", used, "used6", six),
            Map.of("nat_map", map, "nat_addr", set, "nat_addr6", six, "used", used));

    assertThat(ManagedTable.isShaped(Map.of("nat_map", map, "nat_addr", set, "used", used), spec))
        .isTrue();
    assertThat(wrong).noneMatch(shapes -> ManagedTable.isShaped(shapes, spec));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rules.nft", "rules-redirect.nft", "rules-tproxy.nft"})
  void special_everyPrefixThatIsNeverMapped_isInTheFile(String file) throws IOException {
    List<IpPrefix> listed = special(Files.readString(Path.of("nft", file)));

    List<IpPrefix> needed = new ArrayList<>(Unmappable.ALWAYS);
    for (IpPrefix prefix : Unmappable.ALWAYS) {
      if (prefix.family() == Family.IPV4) {
        needed.addAll(embeddings(prefix));
      }
    }

    assertThat(needed)
        .allMatch(
            prefix ->
                listed.stream()
                    .anyMatch(
                        wide ->
                            wide.length() <= prefix.length() && wide.contains(prefix.network())));
    assertThat(listed)
        .as("nothing more than that")
        .noneMatch(wide -> wide.contains(PUBLIC4) || wide.contains(PUBLIC6));
  }

  private static List<IpPrefix> special(String file) {
    List<IpPrefix> listed = new ArrayList<>();
    Matcher define = Pattern.compile("define SPECIAL[46] = \\{ (.*) }").matcher(file);
    while (define.find()) {
      for (String prefix : define.group(1).split(", ", -1)) {
        listed.add(Objects.requireNonNull(IpPrefix.parse(prefix)));
      }
    }
    return listed;
  }

  /** Compatible, mapped, NAT64 and 6to4 forms of an IPv4 prefix. */
  private static List<IpPrefix> embeddings(IpPrefix prefix) {
    long bits = prefix.network().low();
    return List.of(
        new IpPrefix(IpAddress.ofIpv6(0, bits), 96 + prefix.length()),
        new IpPrefix(IpAddress.ofIpv6(0, 0xffff_0000_0000L | bits), 96 + prefix.length()),
        new IpPrefix(IpAddress.ofIpv6(0x0064_ff9b_0000_0000L, bits), 96 + prefix.length()),
        new IpPrefix(IpAddress.ofIpv6(0x2002L << 48 | bits << 16, 0), 16 + prefix.length()));
  }

  private static List<String> code(String rules) {
    return rules.lines().filter(line -> !line.strip().startsWith("#")).toList();
  }
}
