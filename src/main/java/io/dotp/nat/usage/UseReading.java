package io.dotp.nat.usage;

import io.dotp.ip.IpAddress;
import java.util.Map;

/** What traffic used when the kernel was read. */
public sealed interface UseReading {
  /** Start of the reading, on the clock of {@code System.nanoTime}. */
  long begunNanos();

  /**
   * Everything that is in use.
   *
   * @param leftNanos by fake, for how long from the reading on the kernel takes it to be in use if
   *     no further packet comes; the whole lease where the kernel does not say. An absent fake is
   *     idle
   */
  record InUse(long begunNanos, Map<IpAddress, Long> leftNanos) implements UseReading {
    public InUse {
      leftNanos = Map.copyOf(leftNanos);
    }
  }

  /**
   * Nobody can tell, so nothing may be taken to be idle.
   *
   * @param cause for the log
   */
  record Unreadable(long begunNanos, String cause) implements UseReading {}
}
