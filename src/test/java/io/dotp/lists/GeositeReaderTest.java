package io.dotp.lists;

import static io.dotp.lists.GeositeFile.domain;
import static io.dotp.lists.ParsedList.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ListFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Categories of a geosite file, and files that are none. */
class GeositeReaderTest {
  private static final byte[] FILE =
      new GeositeFile()
          .category("OTHER", domain(2, "other.example"))
          .category(
              "SHOP",
              domain(2, "shop.example"),
              domain(3, "www.exact.example", "cn"),
              domain(2, "ads.example", "ads", "cn"),
              domain(0, "tracker"),
              domain(1, "^shop[0-9]+[.]"))
          .category("LAST", domain(2, "last.example"))
          .bytes();

  @TempDir Path directory;

  @Test
  void parse_category_isThatOneAlone() throws IOException {
    ParsedList list = ParsedList.of(parse(FILE, ":shop"));

    assertThat(list.loaded().format()).isEqualTo(ListFormat.GEOSITE);
    assertThat(list.counts()).isEqualTo(new ListCounts(5, 0, 0, 5));
    list.has("shop.example", "www.shop.example", "www.exact.example", "ads.example")
        .has("my-tracker.test", "shop12.test")
        .lacks("a.www.exact.example", "shop.test", "other.example", "last.example");
    ParsedList.of(parse(FILE, ":Last")).has("last.example").lacks("shop.example");
  }

  @Test
  void parse_attributes_leaveOutTheOtherRules() throws IOException {
    ParsedList.of(parse(FILE, ":shop@cn"))
        .has("www.exact.example", "ads.example")
        .lacks("shop.example");
    ParsedList.of(parse(FILE, ":shop@cn@ads")).has("ads.example").lacks("www.exact.example");
    ParsedList.of(parse(FILE, ":shop@-ads"))
        .has("shop.example", "www.exact.example")
        .lacks("ads.example");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'a geosite file needs a category: FILE.dat:CATEGORY'",
    ":gone, no category GONE among 3"
  })
  void parse_noSuchCategory_isRefused(String selected, String reason) throws IOException {
    assertThat(refused(parse(FILE, selected)).reason()).endsWith("geosite.dat: " + reason);
  }

  @Test
  void parse_fileOfAnotherVersion_skipsItsFields() throws IOException {
    ByteArrayOutputStream site = new ByteArrayOutputStream();
    GeositeFile.field(site, 1, new byte[] {'A'});
    GeositeFile.field(site, 3, new byte[32]);
    GeositeFile.field(site, 2, domain(2, "a.example"));
    site.writeBytes(
        new byte[] {5 << 3, 1, 6 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0, 7 << 3 | 5, 0, 0, 0, 0});
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    GeositeFile.field(file, 1, site.toByteArray());

    ParsedList.of(parse(file.toByteArray(), ":a")).has("a.example");
  }

  @Test
  void parse_fileCutAnywhere_isRefusedOrLacksTheCategory() throws IOException {
    for (int length = 0; length < FILE.length; length++) {
      ListResult result = parse(Arrays.copyOf(FILE, length), ":last");

      assertThat(refused(result).reason())
          .as("%d bytes", length)
          .containsPattern("middle|no category");
    }
  }

  @Test
  void parse_lengthsThatLie_areRefused() throws IOException {
    byte[] huge = {
      0x0a,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      0x07,
      0x0a,
      1,
      'A',
      0x12,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      (byte) 0xff,
      0x07
    };
    byte[] overlap = {0x0a, 4, 0x0a, 1, 'A', 0x12, 9, 0x12, 7, 'a', '.', 'b', 'c', 'd', 'e', 'f'};
    byte[] endless = {0x0a, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

    assertThat(refused(parse(huge, ":a")).reason()).contains("not a protobuf message at byte 15");
    assertThat(refused(parse(overlap, ":a")).reason()).contains("protobuf");
    assertThat(refused(parse(endless, ":a")).reason()).contains("protobuf");
  }

  @Test
  void parse_unknownTypesAndBadNames_areCountedByEntry() throws IOException {
    byte[][] domains = new byte[20][];
    Arrays.fill(domains, domain(2, "a.example"));
    domains[4] = domain(9, "b.example");
    domains[7] = domain(2, "c..example");

    ParsedList list = ParsedList.of(parse(new GeositeFile().category("A", domains).bytes(), ":a"));

    assertThat(list.counts()).isEqualTo(new ListCounts(18, 2, 0, 18));
    assertThat(list.loaded().badLines().get(0))
        .endsWith("geosite.dat:5: a rule of the unknown type 9");
    assertThat(list.loaded().badLines().get(1)).contains("geosite.dat:8: empty label");
  }

  private ListResult parse(byte[] bytes, String selected) throws IOException {
    Path file = Files.write(directory.resolve("geosite.dat"), bytes);
    return ParsedList.parse(ListSource.parse(file + selected));
  }
}
