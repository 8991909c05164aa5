package io.dotp.nat;

import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.AcquireResult.Cause;
import io.dotp.nat.WriterRig.Answer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One real address that the kernel always refuses. */
class RefusedRealsTest {
  private static final long SECOND = 1_000_000_000L;

  private final RefusedReals refused = new RefusedReals();

  @Test
  void pause_refusedAgain_doublesUntilItIsTaken() {
    refused.refused(real(1), 0);
    assertThat(refused.isPaused(real(1), SECOND - 1)).isTrue();
    assertThat(refused.isPaused(real(1), SECOND)).isFalse();
    assertThat(refused.isPaused(real(2), 0)).isFalse();

    refused.refused(real(1), SECOND);
    assertThat(refused.isPaused(real(1), 3 * SECOND - 1)).isTrue();
    assertThat(refused.isPaused(real(1), 3 * SECOND)).isFalse();

    refused.taken(real(1));
    refused.refused(real(1), 0);
    assertThat(refused.isPaused(real(1), SECOND)).isFalse();
  }

  @Test
  void pauses_ofManyAddresses_areBounded() {
    for (int i = 0; i <= RefusedReals.MOST; i++) {
      refused.refused(real(i), 0);
    }

    assertThat(refused.isPaused(real(0), 0)).isFalse();
    assertThat(refused.isPaused(real(1), 0)).isTrue();
    assertThat(refused.isPaused(real(RefusedReals.MOST), 0)).isTrue();
  }

  @Test
  void acquire_addressAlwaysRefused_costsTransactionsOnceAndHurtsNobodyElse() {
    WriterRig rig = WriterRig.started();
    rig.kernel.refuseReal(real(66));
    Answer first = rig.acquire(real(1), real(66), real(2));
    long failed = rig.metrics.failedTransactions.sum();

    for (int i = 0; i < 50; i++) {
      Answer answer = rig.acquire(real(66), real(100 + i));
      assertThat(answer.cause(0)).isEqualTo(Cause.KERNEL_REFUSED);
      answer.mapping(1);
    }
    long later = rig.metrics.failedTransactions.sum();
    rig.kernel.refuseReal(real(67));
    rig.passAndRun(Duration.ofSeconds(1));
    Answer back = rig.acquire(real(66));

    assertThat(first.cause(1)).isEqualTo(Cause.KERNEL_REFUSED);
    first.mapping(0);
    first.mapping(2);
    assertThat(later).isEqualTo(failed);
    back.mapping();
  }
}
