package io.dotp.nat.journal;

import static io.dotp.nat.journal.JournalRig.ROUTE;
import static io.dotp.nat.journal.JournalRig.fake;
import static io.dotp.nat.journal.JournalRig.liveEntry;
import static io.dotp.nat.journal.JournalRig.name;
import static io.dotp.nat.journal.JournalRig.names;
import static io.dotp.nat.journal.JournalRig.real;
import static io.dotp.nat.journal.JournalRig.restingEntry;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.e2e.Patience;
import io.dotp.metrics.JournalMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappingJournalTest {
  private static final long NOW = 1_800_000_000_000L;

  @TempDir Path directory;
  private final JournalMetrics metrics = new JournalMetrics();

  private MappingJournal open() {
    return open(JournalFile.Opener.REAL);
  }

  private MappingJournal open(JournalFile.Opener opener) {
    return MappingJournal.open(file(), opener, () -> NOW, System::nanoTime, metrics);
  }

  private Path file() {
    return directory.resolve("mappings.journal");
  }

  private static Retirement retirement(int fake, int real) {
    return new Retirement(fake(fake), real(real), ROUTE);
  }

  @Test
  void journal_closedAndOpened_tellsWhatHappened() {
    try (MappingJournal journal = open()) {
      assertThat(journal.contents().entries()).isEmpty();
      journal.live(fake(1), real(1), ROUTE, names(1));
      journal.live(fake(2), real(2), ROUTE, names(2));
      journal.live(fake(3), real(3), ROUTE, List.of());
      journal.named(fake(1), real(1), ROUTE, name(3));
      journal.retiring(List.of(retirement(2, 2), retirement(3, 3)));
      journal.freed(List.of(fake(3)));
    }

    try (MappingJournal journal = open()) {
      assertThat(journal.contents().ignoredBytes()).isZero();
      assertThat(journal.contents().entries())
          .isEqualTo(Map.of(fake(1), liveEntry(1, 1, 3), fake(2), restingEntry(2, NOW, 2)));
      journal.forgetContents();
      assertThat(journal.contents().entries()).isEmpty();
    }
  }

  @Test
  void journal_pool_isToldToTheNextRunWithItsRulesUntilItIsOver() {
    KnownPool first = JournalRig.pool(ROUTE, "198.18.0.0/20");
    KnownPool second = JournalRig.pool("vpn", "2001:2::/48", JournalRig.PROXIED);
    try (MappingJournal journal = open()) {
      journal.pool(first, false);
      journal.pool(second, false);
      journal.pool(first, false);
      journal.pool(first, true);
    }

    try (MappingJournal journal = open()) {
      assertThat(journal.contents().pools()).containsExactly(second);
      journal.pool(second, true);
    }
    try (MappingJournal journal = open()) {
      assertThat(journal.contents().pools()).isEmpty();
    }
  }

  @Test
  void pools_tooMany_areDroppedAndCounted() {
    try (MappingJournal journal = open()) {
      for (int i = 0; i <= JournalPicture.MOST_POOLS; i++) {
        journal.pool(JournalRig.pool(ROUTE, "10." + i / 200 + "." + i % 200 + ".0/24"), false);
      }
    }

    try (MappingJournal journal = open()) {
      assertThat(journal.contents().pools()).hasSize(JournalPicture.MOST_POOLS);
    }
    assertThat(metrics.dropped.sum()).isEqualTo(1);
  }

  @Test
  void file_isForItsOwnerAlone() throws IOException {
    try (MappingJournal journal = open()) {
      long ticket = journal.retiring(List.of(retirement(1, 1)));
      Patience.until(() -> journal.isWritten(ticket), () -> "nothing written");
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void retiring_writtenToTheFile_wakesWhoWaits() throws InterruptedException {
    AtomicLong ticket = new AtomicLong(Long.MAX_VALUE);
    CountDownLatch woken = new CountDownLatch(1);
    try (MappingJournal journal = open()) {
      journal.onWritten(
          () -> {
            if (journal.isWritten(ticket.get())) {
              woken.countDown();
            }
          });
      assertThat(journal.isWritten(journal.retiring(List.of()))).isTrue();
      ticket.set(1);

      assertThat(journal.retiring(List.of(retirement(1, 1)))).isEqualTo(1);

      assertThat(woken.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(JournalReader.read(file()).picture().entries())
          .isEqualTo(Map.of(fake(1), restingEntry(1, NOW)));
    }
    assertThat(metrics.unwrittenRetirements.sum()).isZero();
  }

  @Test
  void retiring_onADiskThatTakesNothing_isGivenUp() {
    FailingDisk disk = new FailingDisk();
    disk.readOnly = true;
    try (MappingJournal journal = open(disk)) {
      long ticket = journal.retiring(List.of(retirement(1, 1), retirement(2, 2)));

      Patience.until(() -> journal.isWritten(ticket), () -> "nobody gave up");
    }
    assertThat(metrics.unwrittenRetirements.sum()).isEqualTo(2);
    assertThat(metrics.writeFailures.sum()).isPositive();
    assertThat(file()).doesNotExist();
  }

  @Test
  void queue_whileTheDiskHangs_dropsNamesFirstAndKeepsNobodyWaiting() {
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(1);
    try (MappingJournal journal = open()) {
      journal.onWritten(
          () -> {
            entered.countDown();
            uninterruptibly(hanging);
          });
      journal.retiring(List.of(retirement(0, 0)));
      uninterruptibly(entered);

      for (int i = 0; i < MappingJournal.MOST_NAMED + 10; i++) {
        journal.live(fake(i), real(i), ROUTE, List.of());
      }
      long ticket = journal.retiring(List.of(retirement(1, 1)));

      assertThat(metrics.dropped.sum()).isEqualTo(10);
      assertThat(journal.isWritten(ticket)).isFalse();
      hanging.countDown();
      Patience.until(() -> journal.isWritten(ticket), () -> "not written after all");
    } finally {
      hanging.countDown();
    }
    assertThat(JournalReader.read(file()).picture().entries()).hasSize(MappingJournal.MOST_NAMED);
  }

  @Test
  void wake_thatThrows_doesNotEndTheJournal() {
    try (MappingJournal journal = open()) {
      journal.onWritten(
          () -> {
            throw new IllegalStateException("a bug of the other side");
          });
      journal.retiring(List.of(retirement(1, 1)));
      long ticket = journal.retiring(List.of(retirement(2, 2)));
      Patience.until(() -> journal.isWritten(ticket), () -> "the journal ended");
    }
    assertThat(metrics.bugs.sum()).isPositive();
    assertThat(JournalReader.read(file()).picture().entries()).hasSize(2);
  }

  @Test
  void bug_inTheJournal_costsOneRound() {
    boolean[] broken = {false};
    FailingDisk disk = new FailingDisk();
    JournalFile.Opener opener =
        path -> {
          if (broken[0]) {
            broken[0] = false;
            throw new IllegalStateException("a bug");
          }
          return disk.create(path);
        };
    try (MappingJournal journal = open(opener)) {
      broken[0] = true;
      disk.free = 0;
      long first = journal.retiring(List.of(retirement(1, 1)));
      Patience.until(() -> journal.isWritten(first), () -> "nobody gave up");
      disk.free = Long.MAX_VALUE;
    }

    assertThat(metrics.bugs.sum()).isEqualTo(1);
    assertThat(JournalReader.read(file()).picture().entries()).containsKey(fake(1));
  }

  @Test
  void orders_afterTheEnd_areDroppedAndSettled() {
    MappingJournal journal = open();
    journal.close();

    journal.live(fake(1), real(1), ROUTE, List.of());
    long ticket = journal.retiring(List.of(retirement(1, 1)));
    journal.freed(List.of(fake(1)));
    journal.close();

    assertThat(journal.isWritten(ticket)).isTrue();
    assertThat(metrics.dropped.sum()).isEqualTo(3);
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
