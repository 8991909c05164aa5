package io.dotp.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ListFormat;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The format of a list by its first lines, or none. */
class FormatDetectionTest {
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "PLAIN, 'a.example;b.example'",
    "PLAIN, 'full:a.example;keyword:b;regexp:[:@]'",
    "PLAIN, '+.a.example;b.example'",
    "PLAIN, 'a.example # server=/b/'",
    "PLAIN, '# ||a.example^ is how another format says it;b.example'",
    "DNSMASQ, 'server=/a.example/192.0.2.1'",
    "DNSMASQ, '# c;no-resolv;nftset=/a.example/4#inet#t#s'",
    "HOSTS, '127.0.0.1 localhost;0.0.0.0 a.example'",
    "HOSTS, ':: a.example # b'",
    "V2FLY, 'a.example;include:b'",
    "V2FLY, 'a.example @cn'",
    "V2FLY, 'a.example &b'",
    "V2FLY, 'domain:a.example:@cn'",
    "SING_BOX, '  {\"version\": 1'",
    "CLASH, 'DOMAIN-SUFFIX,a.example'",
    "CLASH, 'payload:;  - a.example'",
    "ADGUARD, '! Title;||a.example^'",
    "ADGUARD, '[Adblock Plus 2.0];a.example##.b'",
  })
  void of_linesOfOneFormat_isThatFormat(ListFormat format, String lines) {
    assertThat(of(lines.replace(';', '\n'))).isEqualTo(new FormatDetection(format, ""));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "'may be dnsmasq (line 1), hosts (line 2); set its format', 'server=/a/1.1.1.1~0.0.0.0"
        + " b.example'",
    "'looks like a web page; if it is a list, set its format', '<!DOCTYPE html>'",
    "'is a compiled rule-set of sing-box; decompile it with sing-box rule-set', 'SRS\u0001'",
    "'is not a text; if it is a list, set its format', 'a\u0000b'",
  })
  void of_contradictionOrNoList_isARefusalWithTheRemedy(String reason, String lines) {
    assertThat(of(lines.replace('~', '\n'))).isEqualTo(new FormatDetection(null, reason));
  }

  @Test
  void of_binaryMagic_isARefusal() {
    assertThat(of(0x1f, 0x8b, 8).reason()).contains("compressed");
    assertThat(of(0x28, 0xb5, 0x2f, 0xfd).reason()).contains("compressed");
    assertThat(of(0xff, 0xfe, 'a', 0).reason()).contains("UTF-16");
  }

  @Test
  void of_oneStrangeLineInTwenty_isNoContradiction() {
    FormatDetection detection = of("0.0.0.0 a.example\n".repeat(20) + "||b.example^\n");

    assertThat(detection.format()).isEqualTo(ListFormat.HOSTS);
  }

  @Test
  void of_textThatBeginsWithEmptyLines_isNoGeositeFile() {
    assertThat(of("\n\n\n\na.example\nb.example\n").format()).isEqualTo(ListFormat.PLAIN);
    assertThat(of("\n" + "\n".repeat(300)).format()).isEqualTo(ListFormat.PLAIN);
  }

  @Test
  void of_nothing_isPlain() {
    assertThat(of("").format()).isEqualTo(ListFormat.PLAIN);
  }

  @ParameterizedTest
  @EnumSource(ListFormat.class)
  void formats_byTheirNames_areFound(ListFormat format) {
    assertThat(ListFormat.parse(format.text())).isEqualTo(format);
    assertThat(format.text()).matches("[a-z0-9-]+");
    assertThat(ListFormat.parse(format.text() + "x")).isNull();
  }

  private static FormatDetection of(String text) {
    return FormatDetection.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static FormatDetection of(int... octets) {
    byte[] head = new byte[octets.length];
    for (int i = 0; i < head.length; i++) {
      head[i] = (byte) octets[i];
    }
    return FormatDetection.of(head);
  }
}
