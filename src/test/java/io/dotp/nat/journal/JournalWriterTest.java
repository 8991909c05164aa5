package io.dotp.nat.journal;

import static io.dotp.nat.journal.JournalRig.each;
import static io.dotp.nat.journal.JournalRig.fake;
import static io.dotp.nat.journal.JournalRig.free;
import static io.dotp.nat.journal.JournalRig.live;
import static io.dotp.nat.journal.JournalRig.liveEntry;
import static io.dotp.nat.journal.JournalRig.named;
import static io.dotp.nat.journal.JournalRig.restingEntry;
import static io.dotp.nat.journal.JournalRig.retire;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.name.DomainName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalWriterTest {
  private static final long TEN_YEARS_MILLIS = 10L * 365 * 86_400_000;

  @TempDir Path directory;
  private JournalRig rig;

  @BeforeEach
  void open() {
    rig = new JournalRig(directory);
  }

  @Test
  void life_ofOneMapping_isFoundAtEveryStep() {
    rig.note(live(1, 7, 1));
    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(7, 1)));

    rig.note(named(1, 7, 2));
    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(7, 1, 2)));

    rig.note(retire(1, 7));
    assertThat(rig.found()).isEqualTo(Map.of(fake(1), restingEntry(7, rig.wallMillis, 1, 2)));

    rig.note(live(1, 7, 3));
    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(7, 1, 2, 3)));

    rig.note(retire(1, 7), free(1));
    assertThat(rig.found()).isEmpty();
  }

  @Test
  void live_ofAnotherReal_keepsNoNamesOfTheFormer() {
    rig.note(live(1, 7, 1), live(1, 8, 2));

    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(8, 2)));
  }

  @Test
  void named_restingOrOfAnotherReal_changesNoState() {
    rig.note(live(1, 7, 1), retire(1, 7), named(1, 7, 2), named(1, 8, 3), named(2, 7, 4));

    assertThat(rig.found()).isEqualTo(Map.of(fake(1), restingEntry(7, rig.wallMillis, 1, 2)));
  }

  @Test
  void names_moreThanEight_theNewestAreKept() {
    rig.note(live(1, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9), named(1, 7, 10));

    assertThat(rig.found().get(fake(1)))
        .extracting(JournalEntry::names)
        .isEqualTo(JournalRig.names(3, 4, 5, 6, 7, 8, 9, 10));
  }

  @Test
  void orders_thatSayNothingNew_areNotWritten() {
    rig.note(live(1, 7, 1));
    int writes = rig.disk.writes;

    rig.note(live(1, 7, 1), live(1, 7), named(1, 7, 1), free(2));

    assertThat(rig.disk.writes).isEqualTo(writes);
  }

  @Test
  void orders_manyAtOnce_takeOneWrite() {
    int writes = rig.disk.writes;

    rig.note(each(IntStream.range(0, 500).mapToObj(i -> live(i, i, i))));

    assertThat(rig.disk.writes).isEqualTo(writes + 1);
    assertThat(rig.found()).hasSize(500);
    assertThat(rig.metrics.written.sum()).isEqualTo(500);
  }

  @Test
  void names_thatTakeTurns_areNotWrittenForEver() {
    rig.note(live(1, 7, 0));
    for (int i = 1; i < 1000; i++) {
      rig.note(named(1, 7, i % 20));
    }

    assertThat(rig.metrics.written.sum()).isLessThan(20);
    rig.writer.close();
    assertThat(rig.found().get(fake(1)))
        .extracting(JournalEntry::names)
        .isEqualTo(JournalRig.names(12, 13, 14, 15, 16, 17, 18, 19));
  }

  @Test
  void file_thatGrewTooLong_isShortened() {
    while (rig.metrics.compactions.sum() == 1) {
      assertThat(rig.size()).isLessThan(JournalWriter.SMALLEST_COMPACTION + 256 * 1024);
      rig.note(each(IntStream.range(0, 1000).mapToObj(n -> retire(n, 1))));
      rig.note(each(IntStream.range(0, 1000).mapToObj(n -> live(n, 1, 5))));
      rig.pass(JournalWriter.RETRY_NANOS / 1_000_000);
      rig.writer.tend();
    }

    assertThat(rig.size()).isLessThan(128 * 1024).isEqualTo(fileSize());
    assertThat(rig.found()).hasSize(1000).containsEntry(fake(999), liveEntry(1, 5));
    rig.note(live(2000, 2));
    assertThat(rig.found()).hasSize(1001);
  }

  @Test
  void fullDisk_inTheMiddleOfARecord_leavesWholeRecords() {
    rig.note(live(1, 7, 1));
    rig.disk.free = 20;

    rig.note(retire(1, 7), live(2, 8, 2));

    assertThat(rig.writer.isBehind()).isTrue();
    assertThat(JournalReader.read(rig.path).ignoredBytes()).isZero();
    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(7, 1)));
    assertThat(rig.metrics.unwrittenRetirements.sum()).isEqualTo(1);
    assertThat(rig.metrics.writeFailures.sum()).isEqualTo(2);
    assertThat(directory.resolve("mappings.journal.new")).doesNotExist();
  }

  @Test
  void fullDisk_thatCannotEvenTruncate_endsInAnIgnoredTail() {
    rig.note(live(1, 7, 1));
    rig.disk.free = 20;
    rig.disk.truncateFails = true;

    rig.note(live(2, 8, 2));

    assertThat(JournalReader.read(rig.path).ignoredBytes()).isEqualTo(20);
    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(7, 1)));
  }

  @Test
  void fullDisk_withSpaceAgain_tellsAllThatHappenedMeanwhile() {
    rig.note(live(1, 7, 1), live(2, 8, 2));
    rig.disk.free = 0;
    rig.note(retire(1, 7));
    long retiredAt = rig.wallMillis;
    rig.pass(1000);
    rig.note(live(3, 9, 3), free(2));
    assertThat(rig.writer.nanosToNextWork()).isBetween(1L, JournalWriter.RETRY_NANOS);

    rig.disk.free = Long.MAX_VALUE;
    rig.writer.tend();
    assertThat(rig.writer.isBehind()).isTrue();
    rig.pass(JournalWriter.RETRY_NANOS / 1_000_000);
    rig.writer.tend();

    assertThat(rig.writer.isBehind()).isFalse();
    assertThat(rig.found())
        .isEqualTo(Map.of(fake(1), restingEntry(7, retiredAt, 1), fake(3), liveEntry(9, 3)));
    rig.note(live(4, 4));
    assertThat(rig.found()).hasSize(3);
  }

  @Test
  void failureToCompact_ofASoundFile_goesOnAppending() {
    while (rig.size() <= JournalWriter.SMALLEST_COMPACTION) {
      rig.note(each(IntStream.range(0, 100).mapToObj(n -> retire(1, 7))));
    }
    rig.disk.readOnly = true;
    rig.pass(JournalWriter.RETRY_NANOS / 1_000_000);
    rig.writer.tend();
    assertThat(rig.metrics.writeFailures.sum()).isEqualTo(1);
    rig.disk.readOnly = false;

    rig.note(live(2, 8));

    assertThat(rig.found()).containsEntry(fake(2), liveEntry(8));
  }

  @Test
  void directory_thatCannotBeWrittenAtFirst_isTriedAgain() {
    rig.disk.readOnly = true;
    rig.restart();
    rig.note(live(1, 7));
    assertThat(rig.writer.isBehind()).isTrue();

    rig.disk.readOnly = false;
    rig.pass(JournalWriter.RETRY_NANOS / 1_000_000);
    rig.writer.tend();

    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(7)));
  }

  @Test
  void sync_comesAtRest_andWithoutRestAfterAWhile() {
    int forces = rig.disk.forces;
    rig.note(live(1, 7));
    rig.writer.tend();
    assertThat(rig.disk.forces).isEqualTo(forces);

    rig.pass(JournalWriter.REST_NANOS / 1_000_000);
    rig.writer.tend();
    rig.pass(60_000);
    rig.writer.tend();
    assertThat(rig.disk.forces).isEqualTo(forces + 1);

    for (int i = 0; i <= 30; i++) {
      rig.note(live(2 + i, 7));
      rig.writer.tend();
      rig.pass(1000);
    }
    assertThat(rig.disk.forces).isEqualTo(forces + 2);
  }

  @Test
  void sync_thatFails_hasTheFileWrittenAnew() {
    rig.note(live(1, 7));
    rig.disk.forceFails = true;
    rig.pass(JournalWriter.REST_NANOS / 1_000_000);
    rig.writer.tend();
    assertThat(rig.writer.isBehind()).isTrue();

    rig.disk.forceFails = false;
    rig.pass(JournalWriter.RETRY_NANOS / 1_000_000);
    rig.writer.tend();

    assertThat(rig.writer.isBehind()).isFalse();
    assertThat(rig.found()).hasSize(1);
  }

  @Test
  void file_thatSomebodyDeleted_isWrittenAnewAtRest() throws IOException {
    rig.note(live(1, 7));
    Files.delete(rig.path);

    rig.pass(JournalWriter.REST_NANOS / 1_000_000);
    rig.writer.tend();

    assertThat(rig.found()).isEqualTo(Map.of(fake(1), liveEntry(7)));
  }

  @Test
  void wallClock_thatStepsForward_endsNoRestEarly() {
    rig.note(live(1, 7), retire(1, 7), live(2, 8));
    rig.pass(60_000);
    rig.writer.tend();
    rig.wallMillis += TEN_YEARS_MILLIS;
    rig.writer.tend();
    rig.pass(60_000);

    rig.restart();

    assertThat(rig.restedMillis(1)).isEqualTo(120_000);
    assertThat(rig.found()).containsEntry(fake(2), liveEntry(8));
    assertThat(rig.metrics.clockSteps.sum()).isEqualTo(1);
  }

  @Test
  void wallClock_thatStepsBack_neitherEndsNorProlongsARest() {
    rig.note(live(1, 7), retire(1, 7));
    rig.pass(60_000);
    rig.wallMillis -= TEN_YEARS_MILLIS;
    rig.note(live(2, 8), retire(2, 8));
    rig.pass(60_000);

    rig.restart();

    assertThat(rig.restedMillis(1)).isEqualTo(120_000);
    assertThat(rig.restedMillis(2)).isEqualTo(60_000);
  }

  @Test
  void wallClock_thatStepsWhileTheDiskIsFull_countsOnce() {
    rig.note(live(1, 7), retire(1, 7));
    rig.disk.free = 0;
    rig.note(live(2, 8));
    rig.wallMillis += TEN_YEARS_MILLIS;
    rig.writer.tend();
    rig.disk.free = Long.MAX_VALUE;
    rig.pass(60_000);
    rig.writer.tend();

    assertThat(rig.restedMillis(1)).isEqualTo(60_000);
  }

  @Test
  void wallClock_thatIsSetBackWhileNobodyRuns_startsTheRestAgain() {
    rig.note(live(1, 7), retire(1, 7));
    rig.wallMillis -= TEN_YEARS_MILLIS;

    rig.restart();

    assertThat(rig.restedMillis(1)).isZero();
  }

  @Test
  void longestRecords_fitAndAreRead() {
    String route = "\u20ac".repeat(JournalEntry.MOST_ROUTE_CHARACTERS);
    String label = "a".repeat(61);
    DomainName[] names =
        IntStream.range(10, 18)
            .mapToObj(i -> DomainName.parse(i + (label + ".").repeat(4).substring(2)))
            .toArray(DomainName[]::new);
    JournalEntry entry =
        new JournalEntry(JournalRig.real(1), route, java.util.List.of(names), JournalEntry.LIVE);

    rig.note(new JournalOrder.Live(JournalRig.real(2), entry));
    rig.note(each(IntStream.range(0, 5000).mapToObj(n -> retire(n, 1))));
    rig.note(free(IntStream.range(0, 5000).toArray()));

    assertThat(rig.found()).isEqualTo(Map.of(JournalRig.real(2), entry));
  }

  private long fileSize() {
    return rig.path.toFile().length();
  }
}
