package io.dotp.nat.journal;

import static io.dotp.nat.journal.JournalRig.free;
import static io.dotp.nat.journal.JournalRig.live;
import static io.dotp.nat.journal.JournalRig.named;
import static io.dotp.nat.journal.JournalRig.retire;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.metrics.JournalMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is cut or changed anywhere tells what stood before, and nothing else. */
class DamagedJournalTest {
  private static final int FLIPS = 1000;

  @TempDir Path directory;
  private JournalRig rig;
  private byte[] sound = {};

  /** What there is to know, by the length of the file at that time. */
  private final NavigableMap<Long, Map<IpAddress, JournalEntry>> known = new TreeMap<>();

  @BeforeEach
  void write() throws IOException {
    rig = new JournalRig(directory);
    known.put(0L, Map.of());
    known.put(rig.size(), Map.of());
    Random random = new Random(1);
    for (int i = 0; i < 120; i++) {
      int fake = random.nextInt(20);
      int real = random.nextInt(2);
      rig.pass(1000);
      rig.note(
          switch (random.nextInt(4)) {
            case 0 -> live(fake, real, random.nextInt(12));
            case 1 -> named(fake, real, random.nextInt(12));
            case 2 -> retire(fake, real);
            default -> free(fake);
          });
      if (i == 60) {
        rig.wallMillis += 3_600_000;
        rig.note();
      }
      known.put(rig.size(), rig.found());
    }
    rig.note(live(100, 1, 1, 2, 3, 4, 5, 6, 7, 8));
    known.put(rig.size(), rig.found());
    sound = Files.readAllBytes(rig.path);
    assertThat(known).hasSizeGreaterThan(60);
  }

  @Test
  void file_cutAnywhere_tellsWhatStoodBefore() throws IOException {
    for (int length = 0; length <= sound.length; length++) {
      Files.write(rig.path, Arrays.copyOf(sound, length));

      JournalReader.Outcome read = JournalReader.read(rig.path);

      long whole = known.floorKey((long) length);
      assertThat(read.picture().entries()).as("cut at %d", length).isEqualTo(known.get(whole));
      assertThat(read.soundBytes()).isEqualTo(whole);
      assertThat(read.ignoredBytes()).isEqualTo(length - whole);
    }
  }

  @Test
  void file_withZeroesOrNoiseBehind_tellsAllOfIt() throws IOException {
    byte[] longer = Arrays.copyOf(sound, sound.length + 4096);
    Files.write(rig.path, longer);
    assertThat(rig.found()).isEqualTo(known.lastEntry().getValue());

    byte[] noise = new byte[4096];
    new Random(2).nextBytes(noise);
    System.arraycopy(noise, 0, longer, sound.length, noise.length);
    Files.write(rig.path, longer);
    assertThat(rig.found()).isEqualTo(known.lastEntry().getValue());
  }

  @Test
  void journal_withAByteChangedAnywhere_opensWithWhatStoodBefore() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < FLIPS; i++) {
      int offset = random.nextInt(sound.length);
      byte[] damaged = sound.clone();
      damaged[offset] ^= (byte) (1 + random.nextInt(255));
      Files.write(rig.path, damaged);
      JournalMetrics metrics = new JournalMetrics();

      JournalContents contents;
      try (MappingJournal journal =
          MappingJournal.open(rig.path, () -> rig.wallMillis, () -> rig.nanos, metrics)) {
        contents = journal.contents();
      }

      Map<IpAddress, JournalEntry> before = known.floorEntry((long) offset).getValue();
      assertThat(contents.entries()).as("changed at %d", offset).isEqualTo(before);
      assertThat(metrics.ignoredBytes.sum()).isPositive().isEqualTo(contents.ignoredBytes());
      assertThat(rig.found()).isEqualTo(before);
    }
  }

  @Test
  void file_ofNoise_neverInventsAnything() throws IOException {
    Random random = new Random(4);
    for (int i = 0; i < FLIPS; i++) {
      byte[] noise = new byte[random.nextInt(2000)];
      random.nextBytes(noise);
      System.arraycopy(sound, 0, noise, 0, Math.min(noise.length, RecordFormat.FILE_HEADER));
      Files.write(rig.path, noise);

      assertThat(rig.found()).isEmpty();
    }
  }

  @Test
  void record_withARightChecksumButWrongInside_isDamage() throws IOException {
    List<byte[]> bodies =
        List.of(
            new byte[] {9},
            new byte[] {1},
            new byte[] {2, 0, 1, 5, 1, 2, 3, 4},
            new byte[] {3, 0, 0, 0, 0, 0, 0, 0, 1, 1});
    for (byte[] body : bodies) {
      Files.write(rig.path, RecordFormatTest.withRecord(sound, body));

      JournalReader.Outcome read = JournalReader.read(rig.path);

      assertThat(read.picture().entries()).isEqualTo(known.lastEntry().getValue());
      assertThat(read.ignoredBytes()).isEqualTo(8 + body.length);
    }
  }

  @Test
  void path_thatIsADirectory_isReadAsNothingAndNeverReplaced() throws IOException {
    Files.delete(rig.path);
    Files.createDirectories(rig.path.resolve("inside"));
    JournalMetrics metrics = new JournalMetrics();

    try (MappingJournal journal =
        MappingJournal.open(rig.path, () -> rig.wallMillis, () -> rig.nanos, metrics)) {
      assertThat(journal.contents().entries()).isEmpty();
    }

    assertThat(rig.path.resolve("inside")).exists();
    assertThat(metrics.writeFailures.sum()).isPositive();
  }
}
