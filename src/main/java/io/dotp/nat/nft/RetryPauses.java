package io.dotp.nat.nft;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The pauses before a transaction is sent once more because the kernel was busy, interrupted or
 * short of memory. All together are shorter than what an answer waits for its mapping.
 */
final class RetryPauses {
  private static final long[] MILLIS = {1, 4, 12, 30, 50};

  private int taken;

  /** Pauses on the calling thread; false when there were enough of them. */
  boolean pause() {
    if (taken == MILLIS.length) {
      return false;
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MILLIS[taken++]));
    return true;
  }
}
