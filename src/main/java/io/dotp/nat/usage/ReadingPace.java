package io.dotp.nat.usage;

/** Keeps a kind of reading from taking more than a fifth of a core, however long one takes. */
final class ReadingPace {
  private static final int REST = 4;

  private boolean read;
  private long nextNanos;

  /** Tells of a reading. */
  void onRead(long begunNanos, long endedNanos) {
    read = true;
    nextNanos = endedNanos + REST * (endedNanos - begunNanos);
  }

  /** Until the next one may begin; 0 for at once. */
  long waitNanos(long nowNanos) {
    return read ? Math.max(0, nextNanos - nowNanos) : 0;
  }
}
