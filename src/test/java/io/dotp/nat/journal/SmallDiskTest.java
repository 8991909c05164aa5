package io.dotp.nat.journal;

import static io.dotp.nat.journal.JournalRig.ROUTE;
import static io.dotp.nat.journal.JournalRig.fake;
import static io.dotp.nat.journal.JournalRig.names;
import static io.dotp.nat.journal.JournalRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.e2e.Patience;
import io.dotp.metrics.JournalMetrics;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state directory of 64 kB, as the kernel makes it. */
@Tag("netns")
class SmallDiskTest {
  private static final int FAKES = 100;

  @TempDir Path directory;
  private final JournalMetrics metrics = new JournalMetrics();

  @BeforeEach
  void mount() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", directory.toString());
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", directory.toString());
  }

  private MappingJournal open() {
    return MappingJournal.open(file(), System::currentTimeMillis, System::nanoTime, metrics);
  }

  private Path file() {
    return directory.resolve("mappings.journal");
  }

  private static void retire(MappingJournal journal, int from, int count) {
    long ticket =
        journal.retiring(
            IntStream.range(from, from + count)
                .mapToObj(i -> new Retirement(fake(i), real(i), ROUTE))
                .toList());
    Patience.until(() -> journal.isWritten(ticket), () -> "neither written nor given up");
  }

  @Test
  void mappings_thatComeAndGo_neverFillTheDisk() {
    try (MappingJournal journal = open()) {
      for (int round = 0; round < 100; round++) {
        for (int i = 0; i < FAKES; i++) {
          journal.live(fake(i), real(i), ROUTE, names(i));
        }
        retire(journal, 0, FAKES);
      }
    }

    assertThat(metrics.writeFailures.sum()).isZero();
    assertThat(metrics.unwrittenRetirements.sum()).isZero();
    assertThat(JournalReader.read(file()).picture().entries()).hasSize(FAKES);
  }

  @Test
  void disk_filledAndEmptiedBySomebodyElse_isWrittenAgain() throws IOException {
    Path filler = directory.resolve("filler");
    try (MappingJournal journal = open()) {
      journal.live(fake(1), real(1), ROUTE, names(1));
      retire(journal, 1, 1);
      fill(filler);

      retire(journal, 2, 200);

      assertThat(metrics.writeFailures.sum()).isPositive();
      assertThat(metrics.unwrittenRetirements.sum()).isEqualTo(200);
      assertThat(JournalReader.read(file()).picture().entries()).containsKey(fake(1));
      assertThat(JournalReader.read(file()).picture().isStale()).isTrue();
      Files.delete(filler);
      Patience.until(
          () -> JournalReader.read(file()).picture().entries().size() == 201,
          () -> "never written again");
      assertThat(JournalReader.read(file()).picture().isStale()).isFalse();
    }
  }

  @Test
  void disk_fullUntilTheEnd_leavesAFileThatIsStaleUntilItIsJudged() throws IOException {
    MappingJournal first = open();
    first.live(fake(1), real(1), ROUTE, names(1));
    retire(first, 9, 1);
    fill(directory.resolve("filler"));
    retire(first, 1, 200);
    first.close();
    Files.delete(directory.resolve("filler"));

    try (MappingJournal next = open()) {
      assertThat(next.contents().stale()).isTrue();
      assertThat(JournalReader.read(file()).picture().isStale()).isTrue();
      retire(next, 1, 1);
      next.forgetContents();
      Patience.until(() -> !JournalReader.read(file()).picture().isStale(), () -> "stale for ever");
    }

    assertThat(JournalReader.read(file()).picture().entries())
        .hasEntrySatisfying(fake(1), entry -> assertThat(entry.isResting()).isTrue());
  }

  @Test
  void disk_madeReadOnly_keepsNobodyWaiting() throws Exception {
    try (MappingJournal journal = open()) {
      retire(journal, 1, 1);
    }
    run("mount", "-o", "remount,bind,ro", directory.toString());

    try (MappingJournal journal = open()) {
      assertThat(journal.contents().entries()).containsKey(fake(1));
      retire(journal, 2, 1);
      assertThat(metrics.unwrittenRetirements.sum()).isEqualTo(1);
      assertThat(metrics.writeFailures.sum()).isPositive();

      run("mount", "-o", "remount,bind,rw", directory.toString());
      Patience.until(
          () -> JournalReader.read(file()).picture().entries().size() == 2,
          () -> "never written again");
    }
  }

  private static void fill(Path filler) throws IOException {
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[512]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s: %s", List.of(command), said).isZero();
  }
}
