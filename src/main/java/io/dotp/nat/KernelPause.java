package io.dotp.nat;

import java.util.function.LongSupplier;

/**
 * How long the kernel is left alone: failures in a row make a pause, 10 ms at first and 1 s at
 * most, and no resync begins sooner after the last one than that one took, or 100 ms. Thread: nat.
 */
final class KernelPause {
  private static final long FIRST_PAUSE_NANOS = 10_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 1_000_000_000L;

  /** Between two resyncs; the waiting would be kept beyond their deadline by a longer one. */
  private static final long LONGEST_REST_NANOS = 100_000_000L;

  private final LongSupplier nanoClock;
  private long pauseNanos;
  private long pauseUntil;
  private boolean resynced;
  private long resyncEnd;
  private long resyncTook;

  KernelPause(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** How long the kernel is still left alone because it refused before. */
  long leftNanos() {
    return pauseNanos == 0 ? 0 : Math.max(0, pauseUntil - nanoClock.getAsLong());
  }

  /** How long the next resync has to wait for, so that they do not take all the time there is. */
  long resyncLeftNanos() {
    long rest = Math.min(resyncTook, LONGEST_REST_NANOS);
    return resynced ? Math.max(0, resyncEnd + rest - nanoClock.getAsLong()) : 0;
  }

  void onSuccess() {
    pauseNanos = 0;
  }

  void onFailure() {
    pauseNanos =
        pauseNanos == 0 ? FIRST_PAUSE_NANOS : Math.min(pauseNanos * 2, LONGEST_PAUSE_NANOS);
    pauseUntil = nanoClock.getAsLong() + pauseNanos;
  }

  /** A resync has ended just now. */
  void onResync(long begunNanos) {
    resynced = true;
    resyncEnd = nanoClock.getAsLong();
    resyncTook = resyncEnd - begunNanos;
  }
}
