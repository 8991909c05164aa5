package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.metrics.ChoreMetrics;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HousekeepingTest {
  private final ChoreMetrics metrics = new ChoreMetrics();
  private final Housekeeping chores = new Housekeeping(metrics);

  @AfterEach
  void stop() {
    chores.close();
  }

  private static void overflow() {
    throw new StackOverflowError("too deep");
  }

  @Test
  void ask_error_isTheAnswerAndCounted() {
    assertThatThrownBy(
            () ->
                chores
                    .<String>ask(
                        () -> {
                          overflow();
                          return "";
                        })
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StackOverflowError.class);

    assertThat(metrics.bugs.sum()).isEqualTo(1);
  }

  @Test
  void repeat_error_doesNotEndIt() throws InterruptedException {
    CountDownLatch twice = new CountDownLatch(2);
    chores.repeat(
        () -> {
          twice.countDown();
          overflow();
        });

    assertThat(twice.await(60, TimeUnit.SECONDS)).isTrue();
  }
}
