package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.TableWatch.Coverage;
import io.dotp.nat.nft.WatchSocket.Source;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkSocket.Opening;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A watch whose sockets fail, and what it tells of itself meanwhile. */
@Tag("netns")
class TableWatchTroubleTest {
  private static final int NO_GROUP = 999;

  private final NatMetrics metrics = new NatMetrics();
  private final Semaphore told = new Semaphore(0);

  /** Each try takes the next; when there is none left, the kernel's own. */
  private final Deque<Supplier<Opening>> openings = new ConcurrentLinkedDeque<>();

  private final Deque<Integer> groups = new ConcurrentLinkedDeque<>();

  /** Stands still, unless the test lets a pause pass. */
  private final AtomicLong clock = new AtomicLong();

  private volatile @Nullable NetlinkSocket latest;
  private @Nullable TableWatch watch;

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void close() {
    if (watch != null) {
      watch.close();
    }
    Shell.nft("flush ruleset");
  }

  private TableWatch watching(Runnable listener) {
    Supplier<Opening> opening =
        () -> {
          Supplier<Opening> next = openings.poll();
          Opening given = (next == null ? Source.KERNEL.opening() : next).get();
          latest = given instanceof Opening.Opened opened ? opened.socket() : null;
          return given;
        };
    IntSupplier group =
        () -> {
          Integer next = groups.poll();
          return next == null ? Source.KERNEL.group().getAsInt() : next;
        };
    Source source = new Source(opening, group, 1 << 20);
    watch = TableWatch.open("dotp", metrics, source, clock::get, listener);
    return watch;
  }

  private TableWatch watching() {
    return watching(told::release);
  }

  private void awaitTold() throws InterruptedException {
    assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).as("listener told").isTrue();
  }

  private void pass(int seconds) {
    clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  private static void awaitNotified(TableWatch watch) {
    Waiting.until(() -> watch.coverage() == Coverage.NOTIFIED, "notifications");
  }

  @Test
  void groupRefused_looksAtTheGenerationAndAsksForTheGroupAgain() throws InterruptedException {
    groups.addAll(List.of(NO_GROUP, NO_GROUP));
    TableWatch watch = watching();
    assertThat(watch.coverage()).isEqualTo(Coverage.POLLED);

    Shell.nft("add table inet dotp");
    awaitTold();
    pass(1);
    Waiting.until(() -> groups.isEmpty(), "second try");
    assertThat(watch.coverage()).isEqualTo(Coverage.POLLED);
    pass(2);

    awaitNotified(watch);
    awaitTold();
  }

  @Test
  void noSocketAtTheStart_isToldOnceThereIsOne() throws InterruptedException {
    openings.add(() -> new Opening.Refused("socket", 24));
    TableWatch watch = watching();
    assertThat(watch.coverage()).isEqualTo(Coverage.NONE);
    Shell.nft("add table inet dotp");
    assertThat(told.availablePermits()).isZero();

    pass(1);
    awaitNotified(watch);

    awaitTold();
    Shell.nft("delete table inet dotp");
    awaitTold();
  }

  @Test
  void bugWhileOpening_isCountedAndTriedAgain() throws InterruptedException {
    openings.add(
        () -> {
          throw new IllegalStateException("bug on purpose");
        });
    TableWatch watch = watching();
    assertThat(watch.coverage()).isEqualTo(Coverage.NONE);
    assertThat(metrics.bugs.sum()).isEqualTo(1);
    awaitTold();

    pass(1);
    awaitNotified(watch);

    awaitTold();
  }

  @Test
  void socketBreaks_countsAsAChangeAndIsReplaced() throws InterruptedException {
    Deque<Coverage> seen = new ArrayDeque<>();
    TableWatch[] self = new TableWatch[1];
    TableWatch watch =
        watching(
            () -> {
              seen.add(self[0].coverage());
              if (seen.size() == 1) {
                NetlinkSocket socket = latest;
                assertThat(socket).isNotNull();
                socket.close();
              }
              told.release();
            });
    self[0] = watch;

    Shell.nft("add table inet dotp");
    awaitTold();
    awaitTold();
    pass(1);
    awaitTold();
    Shell.nft("delete table inet dotp");
    awaitTold();

    assertThat(seen)
        .containsExactly(Coverage.NOTIFIED, Coverage.NONE, Coverage.NOTIFIED, Coverage.NOTIFIED);
    assertThat(metrics.watchFailures.sum()).isEqualTo(1);
  }
}
