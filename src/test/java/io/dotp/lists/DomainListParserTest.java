package io.dotp.lists;

import static io.dotp.lists.ParsedList.file;
import static io.dotp.lists.ParsedList.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ListFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of lines, of every format, and the judgement of a whole list. */
class DomainListParserTest {
  @TempDir Path directory;

  @Test
  void parse_plainFixture_takesEverySpelling() {
    ParsedList list = ParsedList.ofFixture("plain.list");

    assertThat(list.loaded().format()).isEqualTo(ListFormat.PLAIN);
    assertThat(list.counts()).isEqualTo(new ListCounts(12, 0, 0, 12));
    list.has("example.com", "a.b.example.com")
        .has("wild.example", "www.wild.example", "dotted.example", "www.dotted.example")
        .has("plus.example", "www.plus.example", "domain.example", "www.domain.example")
        .has("full.example", "equals.example")
        .lacks("www.full.example", "www.equals.example", "badexample.com")
        .has("my-tracker.test", "tracker", "ads1.test")
        .lacks("ads.test", "bads1.test")
        .has("upper.example", "xn--bcher-kva.example", "_dmarc.under.example");
  }

  @Test
  void parse_dnsmasqFixture_takesTheNamesAndIgnoresTheRightSides() {
    ParsedList list = ParsedList.ofFixture("dnsmasq.conf");

    assertThat(list.loaded().format()).isEqualTo(ListFormat.DNSMASQ);
    assertThat(list.counts()).isEqualTo(new ListCounts(9, 0, 4, 11));
    list.has("one.example", "two.example", "three.example", "four.example", "five.example")
        .has("six.example", "seven.example", "eight.example", "nine.example", "www.nine.example")
        .has("ten.example", "eleven.example")
        .lacks("twelve.example", "set4", "table");
  }

  @Test
  void parse_hostsFixture_takesNamesAloneWithoutTheMachinesOwn() {
    ParsedList list = ParsedList.ofFixture("hosts.txt");

    assertThat(list.loaded().format()).isEqualTo(ListFormat.HOSTS);
    assertThat(list.counts()).isEqualTo(new ListCounts(3, 0, 0, 4));
    list.has("ads.example", "tracker.example", "www.tracker.example", "six.example")
        .lacks("www.ads.example", "localhost", "local", "broadcasthost", "ip6-allnodes");
  }

  @Test
  void parse_clashFixtures_takeTheRulesOfNames() {
    ParsedList text = ParsedList.ofFixture("clash.txt");
    ParsedList yaml = ParsedList.ofFixture("clash.yaml");

    assertThat(text.loaded().format()).isEqualTo(ListFormat.CLASH);
    assertThat(text.counts()).isEqualTo(new ListCounts(5, 0, 3, 5));
    text.has("only.example", "suffix.example", "www.suffix.example", "policy.example")
        .has("my-tracker.test", "ads12.test")
        .lacks("www.only.example", "and.example", "ads1234.test");
    assertThat(yaml.loaded().format()).isEqualTo(ListFormat.CLASH);
    assertThat(yaml.counts()).isEqualTo(new ListCounts(6, 0, 1, 6));
    yaml.has("only.example", "www.suffix.example", "my-tracker.test", "www.plus.example")
        .has("www.dotted.example", "bare.example")
        .lacks("www.only.example", "www.bare.example");
  }

  @Test
  void parse_adguardFixture_takesNamesAndExclusions() {
    ParsedList list = ParsedList.ofFixture("adguard.txt");

    assertThat(list.loaded().format()).isEqualTo(ListFormat.ADGUARD);
    assertThat(list.counts()).isEqualTo(new ListCounts(3, 0, 10, 3));
    list.has("blocked.example", "www.blocked.example", "upper.example")
        .lacks("safe.blocked.example", "a.safe.blocked.example")
        .lacks("third.example", "important.example", "path.example", "plain.example");
  }

  @ParameterizedTest
  @EnumSource(
      value = ListFormat.class,
      names = {"PLAIN", "DNSMASQ", "HOSTS", "V2FLY", "CLASH", "ADGUARD"})
  void parse_badLineOfAnyFormat_isAWarningWithItsPlace(ListFormat format) {
    String good =
        switch (format) {
          case DNSMASQ -> "server=/good.example/192.0.2.1\n";
          case HOSTS -> "0.0.0.0 good.example\n";
          case CLASH -> "DOMAIN-SUFFIX,good.example\n";
          case ADGUARD -> "||good.example^\n";
          default -> "good.example\n";
        };
    String bad = good.replace("good", "b..d");
    Path file = file(directory, "a.list", good.repeat(9) + bad);

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file).as(format)));

    assertThat(list.counts()).isEqualTo(new ListCounts(9, 1, 0, 9));
    assertThat(list.loaded().badLines()).containsExactly(file + ":10: empty label: 'b..d.example'");
    list.has("good.example");
  }

  @Test
  void parse_moreThanTenPercentBad_isRefusedWithTheFirstOfThem() {
    Path file =
        file(directory, "a.list", "a.example\nb_..\n".repeat(2) + "good.example\n".repeat(15));

    ListResult.Refused refused = refused(ParsedList.parse(ListSource.of(file)));

    assertThat(refused.reason())
        .isEqualTo(file + ": 2 of 19 lines are bad, more than 10 %, read as plain");
    assertThat(refused.badLines()).hasSize(2).first().asString().startsWith(file + ":2: empty");
  }

  @Test
  void parse_exactlyTenPercentBad_isTaken() {
    Path file = file(directory, "a.list", ("good.example\n".repeat(9) + "!\n").repeat(30));

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));

    assertThat(list.counts()).isEqualTo(new ListCounts(270, 30, 0, 270));
    assertThat(list.loaded().badLines()).hasSize(RuleCollector.MAX_BAD_LINES);
  }

  @Test
  void parse_lineWithOneBadNameOfTwo_isBadAndKeepsTheGoodName() {
    Path file =
        file(
            directory,
            "a.conf",
            "server=/a.example/b..b/192.0.2.1\n" + "local=/c.example/\n".repeat(9));

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));

    assertThat(list.counts()).isEqualTo(new ListCounts(9, 1, 0, 10));
    list.has("a.example");
  }

  @Test
  void parse_nothingButWhatIsNotApplicable_isRefused() {
    Path file = file(directory, "a.txt", "||a.example/path\n@@||b.example^$document\n");

    assertThat(refused(ParsedList.parse(ListSource.of(file))).reason())
        .endsWith("none of 2 lines gives a name, read as adguard");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# nothing\n", "\ufeff"})
  void parse_emptyList_hasNoRules(String text) {
    ListResult result = ParsedList.parse(ListSource.of(file(directory, "a.list", text)));

    assertThat(ParsedList.of(result).counts()).isEqualTo(new ListCounts(0, 0, 0, 0));
  }

  @Test
  void parse_noNewlineAtTheEnd_takesTheLastLine() {
    ListResult result =
        ParsedList.parse(ListSource.of(file(directory, "a", "a.example\nb.example")));

    ParsedList.of(result).has("a.example", "b.example");
  }

  @Test
  void parse_hostileText_isNotRepeatedRaw() {
    Path file = file(directory, "a.list", "evil\u001b[31m\u202e" + "x".repeat(500) + "\n");

    assertThat(refused(ParsedList.parse(ListSource.of(file))).badLines())
        .singleElement()
        .asString()
        .doesNotContain("\u001b", "\u202e")
        .hasSizeLessThan(file.toString().length() + 150);
  }

  @Test
  void parse_lineLongerThanTheReaderTakes_isBadAndTheNextIsRead() {
    String names =
        IntStream.range(0, 20).mapToObj(i -> "n" + i + ".example\n").collect(Collectors.joining());
    Path file = file(directory, "a.list", names + "x".repeat(200_000) + "\nlast.example\n");

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));

    assertThat(list.counts()).isEqualTo(new ListCounts(21, 1, 0, 21));
    assertThat(list.loaded().badLines()).singleElement().asString().contains(":21: ", "16384");
    list.has("last.example");
  }

  @Test
  void parse_moreThanTheLimits_isRefused() {
    Path file = file(directory, "a.list", "a.example\n".repeat(11));

    ListResult tooMany =
        new DomainListParser(new ListLimits(1000, 10, 1, 1)).parse(ListSource.of(file));
    ListResult tooLarge =
        new DomainListParser(new ListLimits(109, 99, 1, 1)).parse(ListSource.of(file));
    ListResult fits =
        new DomainListParser(new ListLimits(110, 11, 1, 1)).parse(ListSource.of(file));

    assertThat(refused(tooMany).reason()).isEqualTo(file + ": has more than 10 rules");
    assertThat(refused(tooLarge).reason()).isEqualTo(file + ": larger than 109 bytes");
    assertThat(fits).isInstanceOf(ListResult.Loaded.class);
  }

  @Test
  void parse_noFile_isRefused() throws IOException {
    Path missing = directory.resolve("missing");
    Path folder = Files.createDirectory(directory.resolve("folder"));

    assertThat(refused(ParsedList.parse(ListSource.of(missing))).reason())
        .isEqualTo(missing + ": does not exist");
    assertThat(refused(ParsedList.parse(ListSource.of(folder))).reason())
        .isEqualTo(folder + ": is no regular file");
    assertThat(refused(ParsedList.parse(ListSource.of(Path.of("/dev/zero")))).reason())
        .isEqualTo("/dev/zero: is no regular file");
  }

  @Test
  void parse_partOfAFormatWithoutParts_isRefused() {
    Path file = file(directory, "a.conf", "server=/a.example/192.0.2.1\n");
    AttributeFilter filter = new AttributeFilter(List.of("cn"), List.of());

    assertThat(refused(ParsedList.parse(new ListSource(file, null, null, filter))).reason())
        .contains("dnsmasq has no attributes");
    assertThat(
            refused(ParsedList.parse(new ListSource(file, null, "a", AttributeFilter.ALL)))
                .reason())
        .contains("dnsmasq has no categories");
  }

  @Test
  void source_ofText_tellsTheCategoryAndItsAttributes() {
    assertThat(ListSource.parse("/a/vpn.list")).isEqualTo(ListSource.of(Path.of("/a/vpn.list")));
    assertThat(ListSource.parse("/a/geosite.dat:geolocation-!cn@ads@-!cn"))
        .isEqualTo(
            new ListSource(
                Path.of("/a/geosite.dat"),
                ListFormat.GEOSITE,
                "geolocation-!cn",
                new AttributeFilter(List.of("ads"), List.of("!cn"))));
    assertThat(ListSource.parse("/a/geosite.dat"))
        .isEqualTo(ListSource.of(Path.of("/a/geosite.dat")));
  }
}
