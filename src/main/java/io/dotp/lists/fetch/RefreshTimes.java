package io.dotp.lists.fetch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** When a list is asked for again. */
final class RefreshTimes {
  private static final long FIRST_RETRY_MILLIS = 60_000;

  private RefreshTimes() {}

  /**
   * After a success about an interval, a tenth more or less so that gateways that were started
   * together do not ask together; after failures a minute, then twice as long each time, at most an
   * interval.
   *
   * @param failures in a row
   */
  static long nextMillis(Duration interval, int failures, RandomGenerator random) {
    long whole = interval.toMillis();
    if (failures == 0) {
      return whole - whole / 10 + random.nextLong(whole / 5 + 1);
    }
    long doubled = FIRST_RETRY_MILLIS << Math.min(failures - 1, 20);
    long wait = Math.min(doubled, whole);
    return wait / 2 + random.nextLong(wait / 2 + 1);
  }

  /**
   * How long a copy that an earlier run has left is still good.
   *
   * @param ageSeconds negative when the clock has been set back, which makes the copy old
   */
  static long leftMillis(Duration interval, long ageSeconds) {
    return ageSeconds < 0 ? 0 : Math.max(0, interval.toMillis() - ageSeconds * 1000);
  }
}
