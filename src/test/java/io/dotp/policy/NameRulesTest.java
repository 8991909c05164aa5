package io.dotp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a builder takes, and what it gives back. */
class NameRulesTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "\u4e2d", "a*", "\u0130", "a/b"})
  void keyword_ofOtherLetters_isAMistake(String keyword) {
    assertThat(new NameRules.Builder().keyword(keyword)).isNotNull();
  }

  @Test
  void keyword_upperCase_isTaken() {
    NameRules.Builder builder = new NameRules.Builder();

    assertThat(builder.keyword("Example")).isNull();

    assertThat(decides(builder, "an-example.test")).isTrue();
  }

  @Test
  void keyword_moreLettersThanTheMatcherHolds_isAMistake() {
    NameRules.Builder builder = new NameRules.Builder();
    String keyword = "a".repeat(128);

    for (int i = 0; i < NameRules.Builder.MAX_KEYWORD_LETTERS / 128; i++) {
      assertThat(builder.keyword(keyword)).isNull();
    }

    assertThat(builder.keyword("b")).contains("65536 letters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "(", "a**", "(?<=a)b", "\\1", "[z-a]"})
  void regexp_notOfRe2_isAMistake(String regexp) {
    assertThat(new NameRules.Builder().regexp(regexp)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((((a{99}){99}){99}){99})",
        "(?:a{1,99}b){99}",
        "([]}{3]{100}){100}",
        "([[:alpha:]]{1000}){3}",
        "(\\x{61}{70}){70}",
        "(\\Qa\\E){1000}{9}",
        "\\pL\\pL\\pL\\p{Greek}\\PN",
        "[^]\\pL\\pL\\pL\\pL\\pN]",
      })
  void regexp_unrolledToThousandsOfSteps_isAMistake(String regexp) {
    assertThat(new NameRules.Builder().regexp(regexp)).contains("repeats too much");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^odd[1-7]\\.example\\.org(\\.[a-z]{2})?$",
        "^([a-z0-9-]{1,63}\\.){1,5}example\\.(com|net|[a-z]{2,10})$",
        "(^|\\.)ads?[0-9]*\\.",
        "[[:alpha:]]+\\Q.example.\\E{1}",
      })
  void regexp_asListsHaveThem_isTaken(String regexp) {
    assertThat(new NameRules.Builder().regexp(regexp)).isNull();
  }

  @Test
  void regexp_evilForBacktracking_isLinear() {
    NameRules.Builder builder = new NameRules.Builder();

    assertThat(builder.regexp("^(a+)+$")).isNull();

    // An engine that tries everything would need 2^60 steps.
    assertThat(decides(builder, "a".repeat(60) + ".b")).isFalse();
  }

  @Test
  void regexp_tooManyOrTooLong_isAMistake() {
    NameRules.Builder builder = new NameRules.Builder();
    for (int i = 0; i < NameRules.Builder.MAX_REGEXPS; i++) {
      assertThat(builder.regexp("^a$")).isNull();
    }

    assertThat(builder.regexp("b")).contains("more regular expressions");
    assertThat(new NameRules.Builder().regexp("a".repeat(513))).contains("513 characters");
  }

  @Test
  void rollback_rulesOfEveryKind_forgetsThoseSinceTheMark() {
    NameRules.Builder builder = new NameRules.Builder();
    builder.suffix(wire("before.test"));
    assertThat(builder.keyword("before")).isNull();
    NameRules.Mark mark = builder.mark();
    for (int i = 0; i < 1000; i++) {
      builder.suffix(wire("n" + i + ".test"));
    }
    builder.exact(wire("after.test"));
    builder.exclude(wire("www.before.test"));
    assertThat(builder.keyword("after")).isNull();
    assertThat(builder.regexp("after")).isNull();

    builder.rollback(mark);
    builder.suffix(wire("later.test"));

    assertThat(builder.size()).isEqualTo(3);
    assertThat(decides(builder, "www.before.test")).isTrue();
    assertThat(decides(builder, "later.test")).isTrue();
    assertThat(decides(builder, "after.test")).isFalse();
    assertThat(decides(builder, "n7.test")).isFalse();
  }

  private static boolean decides(NameRules.Builder builder, String name) {
    Policy policy =
        new Policy.Builder().add(RouteId.DEFAULT, null, List.of(builder.build())).build();
    return policy.decide(wire(name)) != null;
  }

  private static WireName wire(String text) {
    WireName wire = new WireName();
    wire.length(DomainName.parse(text).copyTo(wire.bytes(), 0));
    return wire;
  }
}
