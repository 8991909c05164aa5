package io.dotp.lists;

import static io.dotp.lists.ParsedList.file;
import static io.dotp.lists.ParsedList.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ListFormat;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule-sets of sing-box, and what of them is no list of names. */
class SingBoxReaderTest {
  @TempDir Path directory;

  @Test
  void parse_fixture_takesNamesWithoutOtherConditions() {
    ParsedList list = ParsedList.ofFixture("sing-box.json");

    assertThat(list.loaded().format()).isEqualTo(ListFormat.SING_BOX);
    assertThat(list.counts()).isEqualTo(new ListCounts(7, 0, 2, 7));
    list.has("only.example", "other.example", "suffix.example", "www.suffix.example")
        .has("www.dotted.example", "my-tracker.test", "ads1.test", "single.example")
        .lacks("www.only.example", "secure.example", "www.single.example");
  }

  @Test
  void parse_logicalAndInvertedRules_areRefusedWithTheReason() {
    Path file =
        file(
            directory,
            "a.json",
            "{\"rules\":[\n{\"domain\":["
                + "\"a.example\",".repeat(29)
                + "\"a.example\"]},\n"
                + "{\"domain\":\"b.example\",\"type\":\"logical\",\"rules\":[{\"domain\":\"c.example\"}]},\n"
                + "{\"domain\":\"d.example\",\"invert\":true}]}");

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));

    assertThat(list.counts()).isEqualTo(new ListCounts(30, 2, 0, 30));
    assertThat(list.loaded().badLines())
        .containsExactly(
            file + ":3: a logical rule is no list of names",
            file + ":4: an inverted rule is no list of names");
    list.has("a.example").lacks("b.example", "c.example", "d.example");
  }

  @Test
  void parse_onlyLogicalRules_isRefusedWhole() {
    Path file = file(directory, "a.json", "{\"rules\":[{\"type\":\"logical\",\"rules\":[]}]}");

    assertThat(refused(ParsedList.parse(ListSource.of(file))).badLines())
        .containsExactly(file + ":1: a logical rule is no list of names");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"rules":[{"domain":["a.example"]}          | not JSON as sing-box writes it, line 1
          {"rules":[{"domain":"a.example"},}]}        | not JSON as sing-box writes it, line 1
          {"rules":{}}                                | has an array "rules"
          {"version":1}                               | has an array "rules"
          {"rules":[[]]}                              | 1 of 1 lines are bad
          {"rules":[{"domain":[1,{"a":["b"]}]}]}      | 2 of 2 lines are bad
          {"rules":[{"domain":[["a.example"]]}]}      | 1 of 1 lines are bad
          {"rules":[{"port":53}]}                     | none of 1 lines gives a name
          {"a":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]} | not JSON as sing-box writes it
          """)
  void parse_otherJson_isRefused(String json, String reason) {
    Path file = file(directory, "a.json", json);

    assertThat(refused(ParsedList.parse(ListSource.of(file))).reason()).contains(reason);
  }

  @Test
  void parse_notAnObject_isRefused() {
    Path file = file(directory, "a.json", "[1]");

    assertThat(refused(ParsedList.parse(ListSource.of(file).as(ListFormat.SING_BOX))).reason())
        .endsWith("a rule-set of sing-box is a JSON object");
  }
}
