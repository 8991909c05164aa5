package io.dotp.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HttpsRecords;
import io.dotp.config.ListConfig;
import io.dotp.config.ListFormat;
import io.dotp.config.NamePattern;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.RouteList;
import io.dotp.config.RouteNames;
import io.dotp.config.Routes;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lists of several routes: loaded, looked up, and changed under way. */
class RouteListsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Path FIXTURES = Path.of("test-fixtures/lists");

  @TempDir Path directory;
  private RouteLists lists;
  private Path changing;

  @BeforeEach
  void prepare() throws IOException {
    lists = new RouteLists(directory.resolve("state/lists"), InstantSource.fixed(NOW));
    changing = Files.writeString(directory.resolve("my.list"), "one.example\nfull:alone.test\n");
  }

  private static RouteList list(ListConfig list, String category, String... attributes) {
    return new RouteList(list, category, List.of(attributes), "dotp.toml:9:1: domain-list");
  }

  private static ListConfig file(Path path, @Nullable ListFormat format) {
    return new ListConfig(path.toString(), path, null, format, Duration.ofDays(1), "dotp.toml:1:1");
  }

  private static RouteList list(Path path) {
    return list(file(path, null), "");
  }

  private static RouteConfig route(int index, RouteNames names) {
    RouteConfig route =
        Routes.nat(Routes.id(index), List.of(), null, null, true, HttpsRecords.REWRITE, null);
    return new RouteConfig(
        route.id(),
        names,
        route.treatment(),
        null,
        null,
        route.rules(),
        true,
        route.httpsRecords(),
        null,
        route.fakeTtl(),
        route.refusal());
  }

  private static RouteConfig route(int index, RouteList... of) {
    return route(index, new RouteNames(List.of(), List.of(), List.of(of), null));
  }

  private ListReading.Read taken(RouteConfig... routes) {
    ListReading reading = lists.read(List.of(routes));
    assertThat(reading).isInstanceOf(ListReading.Read.class);
    lists.take((ListReading.Read) reading);
    return (ListReading.Read) reading;
  }

  private static ListReading.Refused refused(ListReading reading) {
    assertThat(reading).isInstanceOf(ListReading.Refused.class);
    return (ListReading.Refused) reading;
  }

  private static int decided(ListReading.Read read, String name) {
    RouteId route = read.policy().decide(DomainName.parse(name).toWireName());
    return route == null ? -1 : Routes.place(route);
  }

  /** As the daemon does every few seconds, until nothing is about to change. */
  private ListReading.@Nullable Read checked() {
    assertThat(lists.check()).as("first seen: somebody may be writing").isNull();
    ListReading.Read read = lists.check();
    if (read != null) {
      lists.take(read);
    }
    return read;
  }

  @Test
  void read_moreThanTheHeapHolds_isRefusedWithTheRemedy() throws IOException {
    Path second = Files.writeString(directory.resolve("second.list"), "two.example\nthree.test\n");
    RouteLists small =
        new RouteLists(directory, InstantSource.fixed(NOW), new ListLimits(1 << 20, 3, 4, 4));

    assertThat(small.read(List.of(route(0, list(changing))))).isInstanceOf(ListReading.Read.class);
    assertThat(refused(small.read(List.of(route(0, list(changing), list(second))))).mistakes())
        .singleElement()
        .asString()
        .contains("all lists have 4 rules", "room for 3", "DOTP_JAVA_OPTS");
  }

  @Test
  void faultOf_copyThatIsTooMuchBesideTheOthers_isTold() throws IOException {
    RouteLists small =
        new RouteLists(directory, InstantSource.fixed(NOW), new ListLimits(1 << 20, 3, 4, 4));
    List<RouteConfig> routes =
        List.of(
            route(
                0,
                list(changing),
                list(
                    new ListConfig(
                        "fetched",
                        null,
                        URI.create("http://lists.test/x"),
                        null,
                        Duration.ofDays(1),
                        "dotp.toml:1:1"),
                    "")));
    small.take((ListReading.Read) small.read(routes));
    Path one = Files.writeString(directory.resolve("one"), "two.example\n");
    Path two = Files.writeString(directory.resolve("two"), "two.example\nthree.test\n");

    assertThat(small.faultOf(routes, "fetched", one)).isNull();
    assertThat(small.faultOf(routes, "fetched", two)).contains("all lists have 4 rules");
  }

  @Test
  void heapOfTheLauncher_holdsAMillionNames() {
    assertThat(ListLimits.ofHeap(256 << 20).maxRules()).isGreaterThan(1_500_000);
  }

  @Test
  void read_listsOfManyFormatsAndRoutes_decideByAllOfThem() {
    ListReading.Read read =
        taken(
            route(0, list(FIXTURES.resolve("v2fly/shop")), list(changing)),
            route(1, list(FIXTURES.resolve("dnsmasq.conf")), list(FIXTURES.resolve("hosts.txt"))),
            route(2, list(FIXTURES.resolve("adguard.txt"))));

    assertThat(decided(read, "www.shop.example")).isZero();
    assertThat(decided(read, "a.one.example")).isZero();
    assertThat(decided(read, "alone.test")).isZero();
    assertThat(decided(read, "a.alone.test")).isEqualTo(-1);
    assertThat(lists.status())
        .extracting(ListStatus::format)
        .containsExactly(
            ListFormat.V2FLY,
            ListFormat.PLAIN,
            ListFormat.DNSMASQ,
            ListFormat.HOSTS,
            ListFormat.ADGUARD);
    assertThat(lists.status())
        .allSatisfy(each -> assertThat(each.entries()).isPositive())
        .allSatisfy(each -> assertThat(each.loadedAt()).isEqualTo(NOW))
        .allSatisfy(each -> assertThat(each.lastFailure()).isNull());
    assertThat(read.entries())
        .isEqualTo(lists.status().stream().mapToLong(ListStatus::entries).sum());
  }

  @Test
  void read_partOfAGeositeFile_isThatPart() throws IOException {
    Path geosite =
        Files.write(
            directory.resolve("geo.dat"),
            new GeositeFile()
                .category("B", GeositeFile.domain(2, "b.example"))
                .category(
                    "A",
                    GeositeFile.domain(2, "a.example", "cn"),
                    GeositeFile.domain(2, "x.example"))
                .bytes());
    ListConfig named =
        new ListConfig("geo", geosite, null, null, Duration.ofDays(1), "dotp.toml:1:1");

    ListReading.Read read = taken(route(0, list(named, "a", "@cn")), route(1, list(named, "b")));

    assertThat(decided(read, "www.a.example")).isZero();
    assertThat(decided(read, "x.example")).isEqualTo(-1);
    assertThat(decided(read, "b.example")).isEqualTo(1);
    assertThat(lists.status()).extracting(ListStatus::name).containsExactly("geo:a@cn", "geo:b");
    assertThat(refused(lists.read(List.of(route(0, list(named, "c"))))).mistakes().get(0))
        .startsWith("dotp.toml:9:1: domain-list: ")
        .contains("no category C among 2");
  }

  @Test
  void read_missingOrRottenList_isRefusedWithPlaceAndFirstLines() throws IOException {
    Path rotten = Files.writeString(directory.resolve("rotten"), "good.example\nba d\nb/d\n");

    ListReading.Refused refused =
        refused(
            lists.read(
                List.of(route(0, list(directory.resolve("none")), list(changing), list(rotten)))));

    assertThat(refused.ofFiles()).isTrue();
    assertThat(refused.mistakes())
        .containsExactly(
            "dotp.toml:9:1: domain-list: " + directory.resolve("none") + ": does not exist",
            "dotp.toml:9:1: domain-list: "
                + rotten
                + ": 2 of 3 lines are bad, more than 10 %, read as plain; "
                + rotten
                + ":2: character U+0020 in a label: 'ba d'; "
                + rotten
                + ":3: character '/' in a label: 'b/d'");
    assertThat(lists.status()).isEmpty();
  }

  @Test
  void read_fewBadLines_areCountedAndTheFirstOnesTold() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      text.append(i % 20 == 7 ? "b/d" + i : "good" + i + ".example").append('\n');
    }
    Files.writeString(changing, text);

    ListReading.Read read = taken(route(0, list(changing)));

    assertThat(read.warnings())
        .singleElement()
        .asString()
        .contains(
            "count=5", changing + ":8: ", changing + ":28: ", changing + ":48: ", "and 2 more")
        .doesNotContain(":68: ");
    assertThat(lists.status().get(0).badLines()).isEqualTo(5);
  }

  @Test
  void read_urlWithoutACopy_hasNoNamesAndWarns_andWithOneHasThem() throws IOException {
    ListConfig url =
        new ListConfig(
            "far",
            null,
            URI.create("https://lists.example/far"),
            null,
            Duration.ofDays(1),
            "dotp.toml:1:1");
    ListReading.Read before = taken(route(0, list(url, ""), list(changing)));
    assertThat(before.warnings()).singleElement().asString().contains("far", "not been fetched");
    assertThat(lists.status().get(0).lastFailure()).isEqualTo("not fetched yet");
    assertThat(decided(before, "one.example")).isZero();

    Files.createDirectories(lists.copyOf(url).getParent());
    Files.writeString(lists.copyOf(url), "far.example\n");
    ListReading.Read after = checked();

    assertThat(after).isNotNull();
    assertThat(decided(after, "far.example")).isZero();
    assertThat(lists.status().get(0).source()).isEqualTo("https://lists.example/far");
    assertThat(lists.status().get(0).lastFailure()).isNull();
  }

  @Test
  void check_nothingChanged_isNothing() {
    taken(route(0, list(changing)));

    assertThat(lists.check()).isNull();
    assertThat(lists.check()).isNull();
  }

  @Test
  void check_fileChangedInPlaceReplacedOrBySymlink_isReadAgain() throws IOException {
    Path other = Files.writeString(directory.resolve("other.list"), "three.example\n");
    Path link = Files.createSymbolicLink(directory.resolve("link.list"), changing);
    taken(route(0, list(link)));

    Files.writeString(changing, "changed.example\n");
    assertThat(decided(Objects.requireNonNull(checked()), "changed.example")).isZero();

    Path fresh = Files.writeString(directory.resolve("fresh"), "replaced.example\n");
    Files.move(fresh, changing, StandardCopyOption.ATOMIC_MOVE);
    assertThat(decided(Objects.requireNonNull(checked()), "replaced.example")).isZero();

    Files.delete(link);
    Files.createSymbolicLink(link, other);
    assertThat(decided(Objects.requireNonNull(checked()), "three.example")).isZero();
    assertThat(lists.check()).isNull();
  }

  @Test
  void check_fileStillGrowing_isLeftAloneUntilItRests() throws IOException {
    taken(route(0, list(changing)));
    StringBuilder text = new StringBuilder();

    for (int i = 0; i < 5; i++) {
      Files.writeString(changing, text.append("n").append(i).append(".example\n"));
      assertThat(lists.check()).isNull();
    }

    ListReading.Read read = lists.check();
    assertThat(read).isNotNull();
    assertThat(decided(read, "n4.example")).isZero();
  }

  @Test
  void check_brokenFile_keepsTheOldOneAndSaysSo_andTakesTheRepairedOne() throws IOException {
    taken(route(0, list(changing)));

    Files.writeString(changing, "<html>not found</html>\n");
    assertThat(checked()).isNull();
    assertThat(lists.check()).as("not tried again").isNull();

    ListStatus status = lists.status().get(0);
    assertThat(status.entries()).isEqualTo(2);
    assertThat(status.lastFailure()).contains("looks like a web page");

    Files.delete(changing);
    assertThat(checked()).isNull();
    assertThat(lists.status().get(0).lastFailure()).contains("does not exist");

    Files.writeString(changing, "mended.example\n");
    assertThat(checked()).isNotNull();
    assertThat(lists.status().get(0).lastFailure()).isNull();
  }

  @Test
  void check_includedFileOfV2flyChanged_isReadAgain() throws IOException {
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.writeString(data.resolve("main"), "include:part\nmain.example\n");
    Files.writeString(data.resolve("part"), "part.example\n");
    taken(route(0, list(data.resolve("main"))));
    assertThat(lists.check()).isNull();
    assertThat(lists.check()).as("nothing has changed").isNull();

    Files.writeString(data.resolve("part"), "other.example\n");

    ListReading.Read read = checked();
    assertThat(read).isNotNull();
    assertThat(decided(read, "other.example")).isZero();
    assertThat(decided(read, "part.example")).isEqualTo(-1);
  }

  @Test
  void lookup_tellsRoutesAndRulesWithTheirPlaces_theDecisiveOneByClient() throws IOException {
    Path filter =
        Files.writeString(directory.resolve("f"), "||cdn.example^\n@@||safe.cdn.example^\n");
    NamePattern keyword = new NamePattern(NamePattern.Kind.KEYWORD, "cdn", "dotp.toml:3:1: domain");
    AccessList office =
        new AccessList(List.of(Objects.requireNonNull(IpPrefix.parse("10.0.0.0/8"))));
    Files.writeString(changing, "# mine\n\nexample\nfull:www.cdn.example\nregexp:^w+[.]\n");
    taken(
        route(0, new RouteNames(List.of(), List.of(keyword), List.of(list(filter)), null)),
        route(1, new RouteNames(List.of(), List.of(), List.of(list(changing)), office)));

    ListLookup anybody = lists.lookup(DomainName.parse("www.cdn.example"), null);
    ListLookup member =
        lists.lookup(DomainName.parse("www.cdn.example"), IpAddress.parse("10.1.2.3"));
    ListLookup excluded = lists.lookup(DomainName.parse("safe.cdn.example"), null);

    List<String> told = new ArrayList<>();
    anybody
        .matches()
        .forEach(
            each ->
                told.add(
                    each.routeName() + " " + each.kind() + " " + each.rule() + " " + each.place()));
    assertThat(told)
        .containsExactly(
            "route1 EXACT www.cdn.example " + changing + ":4",
            "default SUFFIX cdn.example " + filter + ":1",
            "route1 SUFFIX example " + changing + ":3",
            "default KEYWORD cdn dotp.toml:3:1: domain",
            "route1 REGEXP ^w+[.] " + changing + ":5");
    assertThat(Objects.requireNonNull(anybody.decisive()).rule()).isEqualTo("cdn.example");
    assertThat(Objects.requireNonNull(member.decisive()).kind()).isEqualTo(RuleMatch.Kind.EXACT);
    assertThat(excluded.decisive()).isNull();
    assertThat(anybody.routes()).containsExactly("default");
    assertThat(anybody.otherRoutes()).containsExactly("route1");
    assertThat(member.routes()).containsExactly("default", "route1");
    assertThat(member.otherRoutes()).isEmpty();
    assertThat(lists.lookup(DomainName.parse("else.test"), null).matches()).isEmpty();
  }
}
