package io.dotp.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Lets one warning of a kind through every 10 s and counts the rest. Thread: any. */
public final class WarningGate {
  private static final long GAP_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final AtomicReference<@Nullable Moment> last = new AtomicReference<>();
  private final AtomicLong suppressed = new AtomicLong();

  private record Moment(long nanos) {}

  /**
   * Calls {@code warn} now or not at all.
   *
   * @param warn gets the number of warnings held back since the one before
   */
  public void pass(long nowNanos, LongConsumer warn) {
    Moment before = last.get();
    boolean early = before != null && nowNanos - before.nanos < GAP_NANOS;
    if (early || !last.compareAndSet(before, new Moment(nowNanos))) {
      suppressed.incrementAndGet();
      return;
    }
    warn.accept(suppressed.getAndSet(0));
  }
}
