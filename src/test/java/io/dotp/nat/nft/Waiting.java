package io.dotp.nat.nft;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread or the kernel brings about. */
final class Waiting {
  /** Generous: a test that waits this long has failed, not raced. */
  private static final Duration LONG = Duration.ofSeconds(60);

  private Waiting() {}

  static void until(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain for: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
