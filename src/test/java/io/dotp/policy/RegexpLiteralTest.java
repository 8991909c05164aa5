package io.dotp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an expression cannot do without. */
class RegexpLiteralTest {
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "'^odd[1-7]\\.example\\.org(\\.[a-z]{2})?$', .example.org",
    "'(^|\\.)cdn[a-z0-9-]{1,20}\\.foo\\.com$', .foo.com",
    "'abcd?e', abc",
    "'abc{0}de', ab",
    "'abc+', ab",
    "'ab.cde', cde",
    "'ab|cd', ''",
    "'(ab|cd)', ''",
    "'(?i)abc', ''",
    "'\\Qa+b\\E', ''",
    "'\\x61\\x62', ''",
    "'\\pLabc', abc",
    "'a\\dbc', bc",
    "'[abc]d', d",
    "'[^]a]bc', bc",
    "'ABC', ''",
  })
  void of_expression_isItsLongestPiece(String regexp, String literal) {
    assertThat(RegexpLiteral.of(regexp)).isEqualTo(literal);
  }

  @Property
  void of_anyExpression_isInEveryTextInWhichItIsFound(
      @ForAll("regexps") String regexp, @ForAll("texts") String text) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(regexp);
    } catch (PatternSyntaxException e) {
      return;
    }

    if (pattern.matcher(text).find()) {
      assertThat(text).contains(RegexpLiteral.of(regexp));
    }
  }

  @Provide
  Arbitrary<String> regexps() {
    return Arbitraries.of(
            "a",
            "b",
            "1",
            "\\.",
            ".",
            "[ab]",
            "[^]a]",
            "(",
            ")",
            "|",
            "?",
            "*",
            "+",
            "{2}",
            "{0,1}",
            "^",
            "$",
            "\\x61",
            "\\x{62}",
            "\\141",
            "\\pL",
            "\\p{Lu}",
            "\\d",
            "\\b",
            "[[:alpha:]]",
            "(?i)",
            "(?:",
            "A",
            "\\Q",
            "\\E",
            "{",
            "\\A",
            "\\-",
            "[]",
            "]",
            "-")
        .list()
        .ofMaxSize(7)
        .map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("ab1.-").ofMaxLength(8);
  }
}
