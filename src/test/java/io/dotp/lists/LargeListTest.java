package io.dotp.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.ListFormat;
import io.dotp.config.RouteId;
import io.dotp.policy.MillionNames;
import io.dotp.policy.Policy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists as large as the public ones, and larger. */
class LargeListTest {
  @TempDir Path directory;

  @Test
  void parse_hundredThousandLinesOfDnsmasq_areAllListed() throws IOException {
    int names = 120_000;
    Path file = write(names, i -> "server=/" + MillionNames.text(i) + "/192.0.2.53");

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));

    assertThat(list.loaded().format()).isEqualTo(ListFormat.DNSMASQ);
    assertThat(list.counts()).isEqualTo(new ListCounts(names, 0, 0, names));
    for (int i = 0; i < names; i++) {
      assertThat(list.lists(MillionNames.text(i))).isTrue();
    }
    assertThat(list.lists(MillionNames.text(names))).isFalse();
    assertThat(list.lists("www." + MillionNames.text(7))).isTrue();
  }

  @Test
  void parse_millionNames_fitIn40Megabytes() throws IOException {
    int names = 1_000_000;
    Path file = write(names, MillionNames::text);

    ParsedList list = ParsedList.of(ParsedList.parse(ListSource.of(file)));
    Policy policy =
        new Policy.Builder().add(RouteId.DEFAULT, null, List.of(list.loaded().rules())).build();

    assertThat(list.counts().rules()).isEqualTo(names);
    assertThat(policy.retainedBytes()).isLessThan(40_000_000);
    assertThat(list.loaded().rules().retainedBytes()).isLessThan(40_000_000);
    for (int i = 0; i < names; i += 997) {
      assertThat(list.lists("a." + MillionNames.text(i))).isTrue();
    }
  }

  private Path write(int lines, IntFunction<String> line) throws IOException {
    Path file = directory.resolve("large.list");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < lines; i++) {
        out.write(line.apply(i));
        out.write('\n');
      }
    }
    return file;
  }
}
