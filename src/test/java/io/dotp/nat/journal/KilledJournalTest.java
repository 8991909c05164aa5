package io.dotp.nat.journal;

import static io.dotp.nat.journal.JournalRig.fake;
import static io.dotp.nat.journal.JournalRig.names;
import static io.dotp.nat.journal.JournalRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed at any instant has lost nothing that it was told is written. */
class KilledJournalTest {
  private static final int MOST_LINES = 600;

  @TempDir Path directory;
  private final Random random = new Random();

  /** The next number that nobody used yet. */
  private int next;

  @Test
  void writer_killedThrice_losesNothingAcknowledged() throws Exception {
    killAgainAndAgain(3);
  }

  @Test
  @Tag("netns")
  @Tag("full")
  void writer_killedManyTimes_losesNothingAcknowledged() throws Exception {
    killAgainAndAgain(20);
  }

  private void killAgainAndAgain(int times) throws Exception {
    Path file = directory.resolve("mappings.journal");
    int acknowledged = -1;
    for (int i = 0; i < times; i++) {
      acknowledged = killedAfter(file, random.nextInt(MOST_LINES) + 1);

      check(JournalReader.read(file), acknowledged);
      // A gap, so that the numbers under way at the kill belong to nobody else.
      next = acknowledged + 1 + 4 * JournalTyper.REST;
    }
  }

  /**
   * @return the last number that was acknowledged
   */
  private int killedAfter(Path file, int lines) throws IOException, InterruptedException {
    Process typer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JournalTyper.class.getName(),
                file.toString(),
                Integer.toString(next))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(typer.getInputStream(), StandardCharsets.UTF_8))) {
      String said = "";
      StringBuilder rest = new StringBuilder();
      for (int i = 0; i < lines; i++) {
        said = out.readLine();
        assertThat(said).as("the program ended by itself").isNotNull();
      }
      // Process.destroyForcibly would close the stream with what was said last.
      typer.toHandle().destroyForcibly();
      for (int c = out.read(); c >= 0; c = out.read()) {
        rest.append((char) c);
      }
      // What stands behind the last line feed may be half a number.
      String[] whole = rest.substring(0, rest.lastIndexOf("\n") + 1).split("\n", 0);
      String last = whole[whole.length - 1];
      return Integer.parseInt(last.isEmpty() ? said : last);
    } finally {
      typer.destroyForcibly();
      assertThat(typer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private void check(JournalReader.Outcome read, int acknowledged) {
    Map<IpAddress, JournalEntry> entries = read.picture().entries();
    assertThat(read.problem()).isNull();
    for (int i = next; i <= acknowledged; i++) {
      JournalEntry entry = entries.get(fake(i));
      if (JournalTyper.isFreed(i) && i + JournalTyper.REST <= acknowledged) {
        assertThat(entry).as("fake %d, long free", i).isNull();
      } else if (!JournalTyper.isFreed(i) || entry != null) {
        assertThat(entry).as("fake %d, retired", i).isNotNull();
        assertThat(entry.isResting()).as("fake %d rests", i).isTrue();
      }
    }
    entries.forEach(
        (fake, entry) -> {
          int number = (int) (fake.low() - fake(0).low());
          assertThat(entry.real()).isEqualTo(real(number));
          assertThat(entry.names()).isEqualTo(names(number % 50));
        });
  }
}
