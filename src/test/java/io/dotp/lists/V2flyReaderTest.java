package io.dotp.lists;

import static io.dotp.lists.ParsedList.file;
import static io.dotp.lists.ParsedList.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ListFormat;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Includes, attributes and affiliations. */
class V2flyReaderTest {
  @TempDir Path directory;

  @Test
  void parse_fixture_followsIncludesWithTheirFilters() {
    ParsedList list = ParsedList.ofFixture("v2fly/shop");

    assertThat(list.loaded().format()).isEqualTo(ListFormat.V2FLY);
    assertThat(list.counts().bad()).isZero();
    list.has("shop.example", "a.shop.example", "www.store.example", "pay.example")
        .has("myshopping.test", "shop12.example.org")
        .lacks("shop1234.example.org")
        .has("ads.shop.example")
        .has("cdn.example", "far.example")
        .lacks("far-ads.example", "other.example");
  }

  @Test
  void parse_ruleAffiliatedElsewhere_belongsToBothLists() {
    ParsedList.ofFixture("v2fly/shop").has("outlet.maker.example").lacks("maker.example");
    ParsedList.ofFixture("v2fly/maker").has("outlet.maker.example", "maker.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"@cn", "@!eu", "@-cn", "@cn @-!eu"})
  void parse_sourceWithAttributes_isFilteredThroughAllIncludes(String words) {
    AttributeFilter filter = AttributeFilter.parse(List.of(words.split(" ")));
    assertThat(filter).isNotNull();
    Path shop = ParsedList.FIXTURES.resolve("v2fly/shop");

    ParsedList list =
        ParsedList.of(ParsedList.parse(new ListSource(shop, ListFormat.V2FLY, null, filter)));

    assertThat(list.lists("www.store.example")).isEqualTo(filter.admits(List.of("cn")));
    assertThat(list.lists("pay.example")).isEqualTo(filter.admits(List.of("cn", "!eu")));
    assertThat(list.lists("far.example")).isEqualTo(filter.admits(List.of("!eu")));
    assertThat(list.lists("cdn.example")).isEqualTo(filter.admits(List.of("cn")));
    assertThat(list.lists("outlet.maker.example")).isEqualTo(filter.admits(List.of("cn")));
    assertThat(list.lists("other.example")).isFalse();
  }

  @Test
  void parse_filterForAListWithoutAttributes_leavesAllOut() {
    Path file = file(directory, "a", "a.example\nb.example\n");
    AttributeFilter filter = new AttributeFilter(List.of("cn"), List.of());

    ParsedList list = ParsedList.of(ParsedList.parse(new ListSource(file, null, null, filter)));

    assertThat(list.counts()).isEqualTo(new ListCounts(2, 0, 0, 0));
  }

  @Test
  void parse_exportedText_hasItsAttributesBehindAColon() {
    Path file =
        file(directory, "a", "domain:a.example:@cn,@ads\nfull:b.example\nregexp:^c[.]:@cn\n");
    AttributeFilter filter = new AttributeFilter(List.of("cn"), List.of());

    ParsedList all = ParsedList.of(ParsedList.parse(ListSource.of(file)));
    ParsedList some = ParsedList.of(ParsedList.parse(new ListSource(file, null, null, filter)));

    all.has("www.a.example", "b.example", "c.test");
    some.has("www.a.example", "c.test").lacks("b.example");
  }

  @Test
  void parse_includeInAnotherCase_isFound() {
    file(directory, "other", "b.example\n");
    Path file = file(directory, "list", "include:OTHER\n");

    ParsedList.of(ParsedList.parse(ListSource.of(file))).has("b.example");
  }

  @Test
  void parse_sameListIncludedTwice_isNoCircle() {
    file(directory, "both", "b.example\n");
    file(directory, "left", "include:both\n");
    file(directory, "right", "include:both\n");
    Path file = file(directory, "list", "include:left\ninclude:right\n");

    ParsedList.of(ParsedList.parse(ListSource.of(file))).has("b.example");
  }

  @Test
  void parse_missingInclude_isRefusedWithThePlace() {
    file(directory, "first", "# nothing\n");
    Path file = file(directory, "list", "a.example\ninclude:first\ninclude:gone\n");

    assertThat(refused(ParsedList.parse(ListSource.of(file))).reason())
        .isEqualTo(file + ": " + file + ":3: include:gone: no such file beside this one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../etc/passwd", "/etc/passwd", ".", "a.list", "", "a cn", "a &b"})
  void parse_includeOfNoListName_isRefused(String name) {
    file(directory, "a", "a.example\n");
    Path file = file(directory, "list", "include:" + name + "\n");

    assertThat(refused(ParsedList.parse(ListSource.of(file))).reason())
        .endsWith(":1: an include is include:NAME @attribute @-attribute");
  }

  @Test
  void parse_circle_isRefusedWithItsWay() {
    file(directory, "b", "include:c\n");
    Path c = file(directory, "c", "x.example\ninclude:a\n");
    Path file = file(directory, "a", "include:b\n");

    assertThat(refused(ParsedList.parse(ListSource.of(file))).reason())
        .endsWith(c + ":2: include:a is a circle: a > b > c > a");
  }

  @Test
  void parse_tooDeepOrTooMany_isRefused() {
    for (int i = 0; i < 20; i++) {
      file(directory, "l" + i, ("include:l" + (i + 1) + "\n").repeat(2));
    }
    file(directory, "l20", "a.example\n");

    ListResult deep = ParsedList.parse(ListSource.of(directory.resolve("l0")));
    // Twice each: a million files are read without a limit.
    ListResult many =
        new DomainListParser(new ListLimits(1 << 20, 1000, 30, 100))
            .parse(ListSource.of(directory.resolve("l0")));

    assertThat(refused(deep).reason()).contains("l16:1: ", "more than 16 files in each other");
    assertThat(refused(many).reason()).contains("more than 100 includes in one list");
  }

  @Test
  void parse_includedFiles_countForTheSize() {
    file(directory, "b", "b.example\n".repeat(100));
    Path file = file(directory, "a", "include:b\n");

    ListResult result =
        new DomainListParser(new ListLimits(500, 1000, 8, 8)).parse(ListSource.of(file));

    assertThat(refused(result).reason()).isEqualTo(file + ": larger than 500 bytes");
  }

  @Test
  void parse_badLineOfAnInclude_namesItsFile() {
    Path other = file(directory, "other", "b.example\nb..example @cn\n");
    Path file = file(directory, "list", "include:other\n" + "a.example\n".repeat(20));

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));

    assertThat(list.loaded().badLines()).containsExactly(other + ":2: empty label: 'b..example'");
  }

  @Test
  void parse_badAttribute_isABadLine() {
    String good = "a.example @cn\n".repeat(20);
    Path file = file(directory, "list", good + "b.example cn\nc.example @\n");

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));

    assertThat(list.counts().bad()).isEqualTo(2);
    list.lacks("b.example", "c.example");
  }
}
