package io.dotp.daemon;

import io.dotp.metrics.ChoreMetrics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread for chores that come back every few seconds and may block for a moment. */
final class Housekeeping implements AutoCloseable, Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
  private static final long PERIOD_SECONDS = 3;

  private final ChoreMetrics metrics;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "dotp-chores");
            made.setDaemon(true);
            return made;
          });

  Housekeeping(ChoreMetrics metrics) {
    this.metrics = metrics;
  }

  /** Does it every few seconds from now on; a fault is logged and does not end it. */
  void repeat(Runnable chore) {
    thread.scheduleWithFixedDelay(
        () -> guarded(chore), PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** Does it once, soon; not at all when the daemon stops. Thread: any. */
  void once(Runnable chore) {
    try {
      execute(chore);
    } catch (RejectedExecutionException e) {
      LOG.debug("too late for a chore, we are stopping");
    }
  }

  /**
   * Does it once, soon. Thread: any.
   *
   * @throws RejectedExecutionException when the daemon stops
   */
  @Override
  public void execute(Runnable chore) {
    thread.execute(() -> guarded(chore));
  }

  /**
   * Does it once, soon, and says what came of it: an exception when the daemon stops before.
   * Thread: any.
   */
  <T> CompletionStage<T> ask(Supplier<T> chore) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      thread.execute(
          () -> {
            try {
              answer.complete(chore.get());
            } catch (RuntimeException | Error e) {
              faulty(e);
              answer.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  private void guarded(Runnable chore) {
    try {
      chore.run();
    } catch (RuntimeException | Error e) {
      faulty(e);
    }
  }

  /**
   * An Error too, as of a file that nests too deep, must end neither the thread nor a repetition.
   */
  private void faulty(Throwable fault) {
    metrics.bugs.increment();
    LOG.error("bug in a chore, it is left undone this time", fault);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
