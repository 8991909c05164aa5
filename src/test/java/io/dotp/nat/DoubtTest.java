package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.real;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.e2e.Patience;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.AcquireResult.Refused;
import io.dotp.nat.WriterRig.Answer;
import io.dotp.nat.journal.NoJournal;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.usage.NoUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** While the table may have been changed behind our back, nobody is told a fake. */
class DoubtTest {
  private final WriterRig rig = WriterRig.started();

  @Test
  void settle_raisedSinceTheLook_staysOpen() {
    Doubt doubt = new Doubt();
    doubt.raise();
    int before = doubt.before();
    doubt.raise();

    doubt.settle(before);
    boolean still = doubt.isOpen();
    doubt.settle(doubt.before());

    assertThat(still).isTrue();
    assertThat(doubt.isOpen()).isFalse();
  }

  @Test
  void request_decidedAndThenInDoubt_isRefused() {
    Mapping live = rig.acquire(real(1)).mapping();
    Answer answer = rig.request(real(1), real(2));
    rig.writer.cycle(rig.queue);

    rig.doubt.raise();
    rig.loop.runTasks();

    assertThat(live.leaseLeftNanos(rig.now)).isPositive();
    assertThat(answer.cause(0)).isEqualTo(Cause.KERNEL_REFUSED);
    assertThat(answer.cause(1)).isEqualTo(Cause.KERNEL_REFUSED);
  }

  @Test
  void request_partlyLiveAndLateInDoubt_isRefusedAsAWhole() {
    Mapping live = rig.acquire(real(1)).mapping();
    List<Outcome> told = new ArrayList<>();
    @Nullable Outcome[] early = {new Mapped(live), null};
    AcquireRequest request =
        new AcquireRequest(
            Wanted.of(FIRST, List.of(real(1), real(2))),
            early,
            rig.loop,
            result -> told.addAll(result.outcomes()),
            rig.doubt,
            rig.metrics);
    request.expectWithin(1_000);

    rig.doubt.raise();
    rig.loop.advance(1_000);

    assertThat(told).containsOnly(new Refused(Cause.COMMIT_LATE)).hasSize(2);
  }

  @Test
  void controllerInDoubt_liveMapping_waitsForTheRepair() throws Exception {
    ModelKernel kernel = new ModelKernel(1_000);
    AtomicReference<@Nullable Runnable> stranger = new AtomicReference<>();
    PatientLoop loop = new PatientLoop();
    NatController controller =
        new NatController(
            WriterRig.settings("198.18.0.0/16"),
            new NatKernel(
                kernel::opened,
                listener -> {
                  stranger.set(listener);
                  return () -> {};
                },
                listener -> new NoUsage(System::nanoTime),
                pools -> {}),
            new NoJournal(),
            new NatMetrics(),
            System::nanoTime);
    try (controller) {
      controller.start();
      Mapping live = mapping(acquire(controller, loop));
      kernel.hold();
      kernel.flush();
      requireNonNull(stranger.get()).run();
      Patience.until(kernel::isHolding, () -> "no repair");

      boolean renewed = controller.renew(List.of(live));
      CompletableFuture<AcquireResult> waiting = acquire(controller, loop);
      loop.submit(() -> {}).get();
      boolean early = waiting.isDone();
      kernel.admitAll();

      assertThat(renewed).isFalse();
      assertThat(early).isFalse();
      assertThat(mapping(waiting)).isSameAs(live);
      assertThat(kernel.realOf(live.fake())).isEqualTo(real(1));
      assertThat(controller.renew(List.of(live))).isTrue();
    } finally {
      kernel.admitAll();
      loop.shutdownNow();
    }
  }

  private static CompletableFuture<AcquireResult> acquire(
      NatController controller, PatientLoop loop) {
    CompletableFuture<AcquireResult> told = new CompletableFuture<>();
    loop.execute(
        () -> controller.acquire(Wanted.of(FIRST, List.of(real(1))), loop, told::complete));
    return told;
  }

  private static Mapping mapping(CompletableFuture<AcquireResult> told) throws Exception {
    Outcome outcome = told.get(Patience.LONG.toSeconds(), TimeUnit.SECONDS).outcomes().get(0);
    assertThat(outcome).isInstanceOf(Mapped.class);
    return ((Mapped) outcome).mapping();
  }
}
