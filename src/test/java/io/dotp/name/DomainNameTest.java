package io.dotp.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as an administrator writes them and as a packet carries them. */
class DomainNameTest {
  private static final String LABEL_63 = "a".repeat(63);

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "example.com,            example.com",
    "example.com.,           example.com",
    "EXAMPLE.Com,            example.com",
    "com,                    com",
    "1.2.3,                  1.2.3",
    "a--b.example,           a--b.example",
    "xn--bcher-kva.example,  xn--bcher-kva.example",
    "XN--BCHER-KVA.example,  xn--bcher-kva.example",
    "bücher.example,         xn--bcher-kva.example",
    "BÜCHER.example.,        xn--bcher-kva.example",
    "例え。テスト,            xn--r8jz45g.xn--zckzah",
    "例え。テスト。,          xn--r8jz45g.xn--zckzah",
    "пример．испытание,      xn--e1afmkfd.xn--80akhbyknj4f",
    "ｅｘａｍｐｌｅ.com,       example.com",
    "I.example,              i.example",
  })
  void parse_name_isLowerCaseAlabels(String text, String expected) {
    DomainName name = DomainName.parse(text);

    assertThat(name).hasToString(expected);
    assertThat(name)
        .isEqualTo(DomainName.parse(expected))
        .hasSameHashCodeAs(DomainName.parse(expected));
  }

  @ParameterizedTest(name = "[{0}]: {1}")
  @CsvSource({
    "'',                 empty",
    ".,                  empty",
    "..,                 empty label",
    "a..b,               empty label",
    ".a,                 empty label",
    "a..,                empty label",
    "。,                  ''",
    "-a.example,         hyphen",
    "a-.example,         hyphen",
    "-,                  hyphen",
    "a_b.example,        character '_'",
    "*.example,          character '*'",
    "a b.example,        character U+0020",
    "a\\b.example,       character '\\'",
    "a/b,                character '/'",
    "bü_cher.example,    internationalised",
    "http://example.com, character ':'",
  })
  void parse_mistake_isNamed(String text, String reason) {
    assertThatThrownBy(() -> DomainName.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void parse_controlCharacter_isNotRepeated() {
    assertThatThrownBy(() -> DomainName.parse("a\u001b[2J" + LABEL_63 + ".example\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("character U+001B in a label");
  }

  @Test
  void parse_longestLabelAndName_areAccepted() {
    String longest = (LABEL_63 + ".").repeat(3) + "a".repeat(61);

    assertThat(DomainName.parse(LABEL_63).length()).isEqualTo(65);
    assertThat(DomainName.parse(longest).length()).isEqualTo(255);
    assertThat(DomainName.parse(longest + ".")).hasToString(longest);
    assertThat(DomainName.parse("a.".repeat(126) + "a").length()).isEqualTo(255);
  }

  @Test
  void parse_oneOctetTooLong_isRefused() {
    String longest = (LABEL_63 + ".").repeat(3) + "a".repeat(61);

    assertThatThrownBy(() -> DomainName.parse(LABEL_63 + "a"))
        .hasMessageContaining("longer than 63");
    assertThatThrownBy(() -> DomainName.parse(longest + "a")).hasMessageContaining("254");
    assertThatThrownBy(() -> DomainName.parse("ü".repeat(60)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DomainName.parse("ü.".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toString_strangeBytes_areEscaped() {
    byte[] wire =
        "\u000ba.b\\\"\u0000<\r\n\u0080\u00ff\u0003com\u0000".getBytes(StandardCharsets.ISO_8859_1);

    DomainName name = DomainName.ofCanonical(wire, wire.length);

    assertThat(name).hasToString("a\\046b\\092\\034\\000\\060\\013\\010\\128\\255.com");
  }

  @Test
  void toString_root_isADot() {
    DomainName root = DomainName.ofCanonical(new byte[] {0, 9, 9}, 1);

    assertThat(root).hasToString(".");
    assertThat(root.length()).isEqualTo(1);
  }

  @Test
  void copyTo_offset_writesTheWireForm() {
    byte[] target = new byte[8];

    int length = DomainName.parse("a.bc").copyTo(target, 1);

    assertThat(length).isEqualTo(6);
    assertThat(target).containsExactly(0, 1, 'a', 2, 'b', 'c', 0, 0);
  }

  @Test
  void equals_dotInsideALabel_isAnotherName() {
    byte[] wire = {3, 'a', '.', 'b', 0};

    DomainName dotted = DomainName.ofCanonical(wire, wire.length);

    assertThat(dotted).isNotEqualTo(DomainName.parse("a.b"));
  }

  /** Blocks that collide in every polynomial over 31, the hash of arrays and texts. */
  @Test
  void hashCode_namesMadeToCollide_spread() {
    Map<Integer, Long> byHash =
        IntStream.range(0, 4096)
            .mapToObj(DomainNameTest::colliding)
            .collect(Collectors.groupingBy(DomainName::hashCode, Collectors.counting()));

    assertThat(byHash.values()).allMatch(count -> count <= 2);
  }

  @Property
  void parse_anyText_isANameOrAMessage(@ForAll("texts") String text) {
    DomainName name;
    try {
      name = DomainName.parse(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(?s).+");
      return;
    }

    assertThat(name.length()).isBetween(3, WireName.MAX_LENGTH);
    assertThat(DomainName.parse(name.toString())).isEqualTo(name);
  }

  @Property
  void toString_anyBytes_isPlainText(@ForAll byte[] label) {
    byte[] wire = new byte[Math.min(label.length, 63) + 2];
    System.arraycopy(label, 0, wire, 1, wire.length - 2);
    wire[0] = (byte) (wire.length - 2);

    String text = DomainName.ofCanonical(wire, wire[0] == 0 ? 1 : wire.length).toString();

    assertThat(text).matches("[a-z0-9_.\\\\-]+");
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(300),
        Arbitraries.strings().withChars("aZ9-.üß例\u3002\u200d\u0301\ud83d\ude00").ofMaxLength(80));
  }

  /** "ab" and "bC" weigh the same in a polynomial over 31; twelve of them make 4096 twins. */
  private static DomainName colliding(int bits) {
    byte[] wire = new byte[26];
    wire[0] = 24;
    for (int i = 0; i < 12; i++) {
      boolean first = (bits >> i & 1) == 0;
      wire[1 + 2 * i] = (byte) (first ? 'a' : 'b');
      wire[2 + 2 * i] = (byte) (first ? 'b' : 'b' - 31);
    }
    return DomainName.ofCanonical(wire, wire.length);
  }
}
