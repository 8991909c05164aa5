package io.dotp.e2e;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition that another process brings about. */
public final class Patience {
  /** Generous: a test that waits this long has failed, not raced. */
  public static final Duration LONG = Duration.ofSeconds(60);

  private static final Duration STEP = Duration.ofMillis(10);

  private Patience() {}

  /**
   * @param otherwise what to say when it never comes true
   */
  public static void until(BooleanSupplier condition, Supplier<String> otherwise) {
    until(condition, LONG, otherwise);
  }

  public static void until(BooleanSupplier condition, Duration bound, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited " + bound.toSeconds() + " s: " + otherwise.get());
      }
      LockSupport.parkNanos(STEP.toNanos());
    }
  }
}
