package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.TTL;
import static io.dotp.nat.WriterRig.real;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.AcquireResult.Refused;
import io.dotp.nat.NatController.StartResult;
import io.dotp.nat.journal.NoJournal;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.usage.NoUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The writer on its own thread, and loops that wait for it. */
@Timeout(120)
class NatControllerTest {
  private final ModelKernel kernel = new ModelKernel(100_000);
  private final NatMetrics metrics = new NatMetrics();
  private final AtomicLong clock = new AtomicLong(5_000_000_000L);
  private final PatientLoop loop = new PatientLoop();
  private final ScheduledExecutorService hastyLoop = Executors.newSingleThreadScheduledExecutor();
  private final AtomicReference<String> openedOn = new AtomicReference<>("");
  private final NatController controller =
      new NatController(
          WriterRig.settings("198.18.0.0/16"),
          NatKernel.pretended(
              () -> {
                openedOn.set(Thread.currentThread().getName());
                return kernel.opened();
              },
              clock::get),
          new NoJournal(),
          metrics,
          clock::get);

  @AfterEach
  void stop() {
    kernel.admitAll();
    controller.close();
    loop.shutdownNow();
    hastyLoop.shutdownNow();
  }

  private CompletableFuture<AcquireResult> acquire(
      ScheduledExecutorService on, List<IpAddress> reals) {
    CompletableFuture<AcquireResult> told = new CompletableFuture<>();
    on.execute(() -> controller.acquire(Wanted.of(FIRST, reals), on, told::complete));
    return told;
  }

  private CompletableFuture<AcquireResult> acquire(IpAddress... reals) {
    return acquire(loop, List.of(reals));
  }

  private static Outcome outcome(CompletableFuture<AcquireResult> told) throws Exception {
    return told.get(60, TimeUnit.SECONDS).outcomes().get(0);
  }

  private static Mapping mapping(CompletableFuture<AcquireResult> told) throws Exception {
    assertThat(outcome(told)).isInstanceOf(Mapped.class);
    return ((Mapped) outcome(told)).mapping();
  }

  private static Cause cause(CompletableFuture<AcquireResult> told) throws Exception {
    assertThat(outcome(told)).isInstanceOf(Refused.class);
    return ((Refused) outcome(told)).cause();
  }

  /** The test's own time limit ends it. */
  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      Thread.onSpinWait();
    }
  }

  @Test
  void start_usableTable_isOpenedOnTheWritersThread() {
    StartResult result = controller.start();

    assertThat(result).isEqualTo(new StartResult.Started(0, 0, 0));
    assertThat(openedOn.get()).isEqualTo("dotp-nat");
    assertThat(controller.status().ipv4().poolSize()).isEqualTo(65_534);
  }

  @Test
  void start_tableEndsInAnError_theWatchIsClosed() {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    NatController broken =
        new NatController(
            WriterRig.settings("198.18.0.0/16"),
            new NatKernel(
                () -> {
                  throw new AssertionError("on purpose");
                },
                listener -> () -> closed.complete(true),
                listener -> new NoUsage(clock::get),
                pools -> {}),
            new NoJournal(),
            metrics,
            clock::get);

    StartResult result = broken.start();

    assertThat(result).isInstanceOf(StartResult.Failed.class);
    assertThat(closed.join()).isTrue();
  }

  @Test
  void acquire_new_isAnsweredOnItsLoopAfterTheKernel() throws Exception {
    controller.start();
    CompletableFuture<String> thread = new CompletableFuture<>();
    CompletableFuture<IpAddress> there = new CompletableFuture<>();

    loop.execute(
        () ->
            controller.acquire(
                Wanted.of(FIRST, List.of(real(1))),
                loop,
                result -> {
                  Mapping mapping = ((Mapped) result.outcomes().get(0)).mapping();
                  there.complete(requireNonNull(kernel.realOf(mapping.fake())));
                  thread.complete(Thread.currentThread().getName());
                }));

    String loopThread = loop.submit(() -> Thread.currentThread().getName()).get();
    assertThat(there.get(60, TimeUnit.SECONDS)).isEqualTo(real(1));
    assertThat(thread.get(60, TimeUnit.SECONDS)).isEqualTo(loopThread);
  }

  @Test
  void acquire_live_isAnsweredBeforeItReturns() throws Exception {
    controller.start();
    Mapping mapping = mapping(acquire(real(1)));
    clock.addAndGet(1000);
    List<AcquireResult> told = new ArrayList<>();

    controller.acquire(Wanted.of(FIRST, List.of(real(1))), loop, told::add);
    controller.acquire(Wanted.of(FIRST, List.of()), loop, told::add);

    assertThat(told).hasSize(2);
    assertThat(told.get(0).outcomes()).containsExactly(new Mapped(mapping));
    assertThat(told.get(1).outcomes()).isEmpty();
    assertThat(mapping.leaseLeftNanos(clock.get())).isEqualTo(TTL.plusSeconds(1).toNanos());
    assertThat(kernel.commits()).isEqualTo(1);
  }

  @Test
  void acquire_whileACommitRuns_goesIntoOneTransactionTogether() throws Exception {
    controller.start();
    kernel.hold();
    CompletableFuture<AcquireResult> first = acquire(real(0));
    until(kernel::isHolding);
    List<CompletableFuture<AcquireResult>> waiting = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      waiting.add(acquire(real(i), real(1)));
    }
    loop.submit(() -> {}).get();

    kernel.admitAll();

    assertThat(mapping(first).real()).isEqualTo(real(0));
    for (CompletableFuture<AcquireResult> each : waiting) {
      assertThat(mapping(each)).isNotNull();
    }
    assertThat(kernel.committed())
        .extracting(transaction -> transaction.adds().size())
        .containsExactly(2, 200);
  }

  @Test
  void acquire_slowKernel_isLateAndTheWorkGoesOn() throws Exception {
    controller.start();
    kernel.hold();

    Cause cause = cause(acquire(hastyLoop, List.of(real(1))));
    kernel.admitAll();
    until(() -> controller.mappings().byReal(FIRST, real(1)) != null);

    assertThat(cause).isEqualTo(Cause.COMMIT_LATE);
    assertThat(metrics.commitDeadlineMissed.sum()).isEqualTo(1);
    assertThat(mapping(acquire(real(1))).real()).isEqualTo(real(1));
  }

  @Test
  void acquire_lateWithOneLive_answersThatOne() throws Exception {
    controller.start();
    Mapping live = mapping(acquire(real(1)));
    kernel.hold();

    AcquireResult result = acquire(hastyLoop, List.of(real(2), real(1))).get(60, TimeUnit.SECONDS);

    assertThat(result.outcomes()).containsExactly(new Refused(Cause.COMMIT_LATE), new Mapped(live));
  }

  @Test
  void acquire_queueFull_isOverloaded() throws Exception {
    controller.start();
    kernel.hold();
    CompletableFuture<AcquireResult> first = acquire(real(0));
    until(kernel::isHolding);
    List<IpAddress> thousands = new ArrayList<>();
    for (int i = 1; i <= 8192; i++) {
      thousands.add(real(i));
    }
    CompletableFuture<AcquireResult> waiting = acquire(loop, thousands);

    Cause cause = cause(acquire(real(9000)));
    kernel.admitAll();

    assertThat(cause).isEqualTo(Cause.OVERLOADED);
    assertThat(metrics.overloaded.sum()).isEqualTo(1);
    assertThat(mapping(first)).isNotNull();
    assertThat(waiting.get(60, TimeUnit.SECONDS).outcomes()).hasSize(8192);
    assertThat(mapping(acquire(real(9000)))).isNotNull();
  }

  @Test
  void lease_over_endsWithoutAnyQuery() throws Exception {
    controller.start();
    Mapping mapping = mapping(acquire(real(1)));

    clock.addAndGet(TTL.plusSeconds(3).toNanos());

    until(() -> controller.mappings().byFake(mapping.fake()) == null);
    assertThat(kernel.elements().map()).isEmpty();
  }

  @Test
  void close_somebodyWaits_commitsAndAnswers() throws Exception {
    controller.start();
    kernel.hold();
    CompletableFuture<AcquireResult> first = acquire(real(1));
    until(kernel::isHolding);
    CompletableFuture<AcquireResult> second = acquire(real(2));
    loop.submit(() -> {}).get();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(controller::close);

    kernel.admitAll();

    closed.get(60, TimeUnit.SECONDS);
    assertThat(mapping(first).real()).isEqualTo(real(1));
    assertThat(mapping(second).real()).isEqualTo(real(2));
    assertThat(kernel.isClosed()).isTrue();
    assertThat(kernel.elements().map()).hasSize(2);
  }

  @Test
  void acquire_afterClose_isStopping() throws Exception {
    controller.start();
    controller.close();

    assertThat(cause(acquire(real(1)))).isEqualTo(Cause.STOPPING);
  }

  @Test
  void done_throws_othersAreStillTold() throws Exception {
    controller.start();
    kernel.hold();
    CompletableFuture<AcquireResult> first = acquire(real(0));
    until(kernel::isHolding);
    loop.execute(
        () ->
            controller.acquire(
                Wanted.of(FIRST, List.of(real(1))),
                loop,
                result -> {
                  throw new IllegalStateException("on purpose");
                }));
    CompletableFuture<AcquireResult> behind = acquire(real(2));
    loop.submit(() -> {}).get();

    kernel.admitAll();

    assertThat(mapping(first)).isNotNull();
    assertThat(mapping(behind)).isNotNull();
    assertThat(metrics.bugs.sum()).isEqualTo(1);
  }

  @Test
  void commit_throws_costsOneBatch() throws Exception {
    controller.start();
    kernel.breakNext();

    Cause cause = cause(acquire(real(1)));
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));

    assertThat(cause).isEqualTo(Cause.KERNEL_REFUSED);
    assertThat(mapping(acquire(real(1))).real()).isEqualTo(real(1));
    assertThat(metrics.bugs.sum()).isEqualTo(1);
  }

  @Test
  void start_tableRefused_failsWithItsWords() {
    NatController refused =
        new NatController(
            WriterRig.settings("198.18.0.0/16"),
            NatKernel.pretended(
                () -> new OpenResult.Refused(OpenResult.Reason.MISSING_LIBRARY, "apt install it"),
                clock::get),
            new NoJournal(),
            metrics,
            clock::get);

    StartResult result = refused.start();
    refused.close();

    assertThat(result)
        .isEqualTo(new StartResult.Failed(OpenResult.Reason.MISSING_LIBRARY, "apt install it"));
  }

  @Test
  void start_kernelUnreadable_failsAndCloses() {
    kernel.unreadable(true);

    StartResult result = controller.start();

    assertThat(result).isInstanceOf(StartResult.Failed.class);
    until(kernel::isClosed);
  }

  @Test
  void start_openerThrows_fails() {
    NatController broken =
        new NatController(
            WriterRig.settings("198.18.0.0/16"),
            NatKernel.pretended(
                () -> {
                  throw new IllegalStateException("on purpose");
                },
                clock::get),
            new NoJournal(),
            metrics,
            clock::get);

    assertThat(broken.start()).isInstanceOf(StartResult.Failed.class);
    assertThat(broken.status()).isEqualTo(NatStatus.EMPTY);
  }
}
