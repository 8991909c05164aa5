package io.dotp.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of lists, and what is none. */
class NameTextTest {
  private final WireName name = new WireName();

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "example.com, example.com",
    "Example.COM., example.com",
    "_dmarc.example.com, _dmarc.example.com",
    "r1---sn-4g5e.example.com, r1---sn-4g5e.example.com",
    "com, com",
    "1.2.3.example, 1.2.3.example",
    "b\u00fccher.example, xn--bcher-kva.example",
    "\u4f8b\u5b50\u3002\u6d4b\u8bd5, xn--fsqu00a.xn--0zwm56d",
  })
  void parse_name_isItsWireForm(String text, String expected) {
    assertThat(parse(text)).isNull();

    assertThat(name.toDomainName()).hasToString(expected);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "'', empty",
    "., empty",
    "a..b, empty label",
    ".a, empty label",
    "a.., empty label",
    "-a.b, hyphen",
    "a-.b, hyphen",
    "a b, ' '",
    "a*.b, '*'",
    "a/b, '/'",
    "192.0.2.1, address",
    "192.0.2.1., address",
    "\uff11.\uff12, address",
    "2001:db8::1, ':'",
    "a\u0000b, U+0000",
    "b\u00fc_cher.example, internationalised",
  })
  void parse_noName_isAMistake(String text, String mistake) {
    assertThat(parse(text)).contains(mistake);
  }

  @Test
  void parse_longestNames_areTakenAndOneMoreIsNot() {
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "b".repeat(61);

    assertThat(parse(longest)).isNull();
    assertThat(name.length()).isEqualTo(255);
    assertThat(parse(longest + "b")).contains("254 characters");
    assertThat(parse("a" + label + ".b")).contains("63");
  }

  @Property
  void parse_anyText_agreesWithTheParserOfTheConfiguration(@ForAll("texts") String text) {
    String mistake = parse(text);

    DomainName expected = null;
    try {
      expected = DomainName.parse(text);
    } catch (IllegalArgumentException e) {
      assertThat(mistake).as(text).isNotNull();
    }
    if (mistake == null) {
      assertThat(name.toDomainName()).isEqualTo(expected);
    } else if (expected != null) {
      assertThat(mistake).contains("address");
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("aB1-.\u00fc").ofMaxLength(12);
  }

  private @Nullable String parse(String text) {
    byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    return NameText.parse(bytes, 1, bytes.length - 1, name);
  }
}
