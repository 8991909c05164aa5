package io.dotp.lists;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.dotp.config.ListFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for the readers of all formats: results, never exceptions. */
class DomainListFuzzTest {
  private static final ListLimits LIMITS = new ListLimits(1 << 20, 10_000, 4, 16);

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyBytesOfUnknownFormat_givesAResult(byte[] data) {
    parse(data, null);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyPlainList_givesAResult(byte[] data) {
    parse(data, ListFormat.PLAIN);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyDnsmasqList_givesAResult(byte[] data) {
    parse(data, ListFormat.DNSMASQ);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyHostsFile_givesAResult(byte[] data) {
    parse(data, ListFormat.HOSTS);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyV2flyList_givesAResult(byte[] data) {
    parse(data, ListFormat.V2FLY);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyGeositeFile_givesAResult(byte[] data) {
    parse(data, ListFormat.GEOSITE);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anySingBoxRuleSet_givesAResult(byte[] data) {
    parse(data, ListFormat.SING_BOX);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyClashRules_givesAResult(byte[] data) {
    parse(data, ListFormat.CLASH);
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyAdguardFilter_givesAResult(byte[] data) {
    parse(data, ListFormat.ADGUARD);
  }

  /** A list of every format. */
  static List<byte[]> lists() {
    List<byte[]> lists = new ArrayList<>();
    for (String file :
        List.of(
            "plain.list",
            "dnsmasq.conf",
            "hosts.txt",
            "clash.txt",
            "clash.yaml",
            "adguard.txt",
            "v2fly/shop",
            "v2fly/cloud",
            "sing-box.json")) {
      try {
        lists.add(Files.readAllBytes(ParsedList.FIXTURES.resolve(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    lists.add(
        new GeositeFile()
            .category("B", GeositeFile.domain(2, "b.example"))
            .category("A", GeositeFile.domain(2, "a.example", "cn"), GeositeFile.domain(1, "^a"))
            .bytes());
    return lists;
  }

  static Stream<Arguments> seeds() {
    return lists().stream().map(list -> Arguments.of((Object) list));
  }

  /** Judges what a result may say; shared with the test that changes real lists. */
  static ListResult parse(byte[] data, @Nullable ListFormat format) {
    // A directory that is not there: no include may find anything.
    Path file = Path.of("/nonexistent/fuzz.list");
    String category = format == ListFormat.GEOSITE ? "A" : null;
    ListSource source = new ListSource(file, format, category, AttributeFilter.ALL);
    ListResult result = new DomainListParser(LIMITS).parse(new ByteArrayInputStream(data), source);
    if (result.badLines().size() > RuleCollector.MAX_BAD_LINES) {
      throw new AssertionError("bad lines without a bound");
    }
    for (String line : result.badLines()) {
      if (line.length() > 1000 || line.chars().anyMatch(Character::isISOControl)) {
        throw new AssertionError("a line that a terminal should not see: " + line);
      }
    }
    if (result instanceof ListResult.Loaded loaded) {
      ListCounts counts = loaded.counts();
      if (counts.bad() * 10L > counts.good() + counts.bad() || counts.rules() > 10_000) {
        throw new AssertionError("should not be loaded: " + counts);
      }
    }
    return result;
  }
}
