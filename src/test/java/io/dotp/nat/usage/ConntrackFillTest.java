package io.dotp.nat.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alarm of a table that runs full. */
class ConntrackFillTest {
  @TempDir Path directory;

  private void set(String count, String max) throws IOException {
    Files.writeString(directory.resolve("nf_conntrack_count"), count + "\n");
    Files.writeString(directory.resolve("nf_conntrack_max"), max + "\n");
  }

  @Test
  void alarm_comesAt90PercentAndGoesBelow80() throws IOException {
    ConntrackFill fill = new ConntrackFill(directory);

    set("899", "1000");
    fill.check();
    assertThat(fill.isAlarmed()).isFalse();
    assertThat(fill.entries()).isEqualTo(899);
    assertThat(fill.limit()).isEqualTo(1000);
    set("900", "1000");
    fill.check();
    assertThat(fill.isAlarmed()).isTrue();
    set("800", "1000");
    fill.check();
    assertThat(fill.isAlarmed()).isTrue();
    set("799", "1000");
    fill.check();
    assertThat(fill.isAlarmed()).isFalse();
  }

  /** Files of sysctl give all they have to the first read and nothing to a second one. */
  @Test
  void kernelsOwnFile_isReadWhole() throws IOException {
    Path file = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
    assumeThat(file).exists();
    ConntrackFill fill = new ConntrackFill();

    fill.check();

    Process cat = new ProcessBuilder("cat", file.toString()).start();
    String whole = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(fill.limit()).isEqualTo(Long.parseLong(whole.strip()));
  }

  @Test
  void withoutConntrack_isSilent() {
    ConntrackFill fill = new ConntrackFill(directory);

    fill.check();

    assertThat(fill.entries()).isNegative();
    assertThat(fill.isAlarmed()).isFalse();
  }

  @Test
  void rubbishAndNoLimit_areNoAlarm() throws IOException {
    ConntrackFill fill = new ConntrackFill(directory);

    set("many", "1000");
    fill.check();
    assertThat(fill.isAlarmed()).isFalse();
    set("5", "0");
    fill.check();
    assertThat(fill.isAlarmed()).isFalse();
  }
}
