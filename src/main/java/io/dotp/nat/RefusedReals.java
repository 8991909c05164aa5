package io.dotp.nat;

import io.dotp.ip.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Real addresses that the kernel refuses while it takes others. To find one out costs a score of
 * failing transactions, each of which holds up every user of nftables on the host; so it is left
 * alone for a second, and twice as long after each further refusal. Thread: nat.
 */
final class RefusedReals {
  private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
  private static final long LONGEST_PAUSE_NANOS = 64 * FIRST_PAUSE_NANOS;

  /** Beyond it the oldest is forgotten, which costs it one attempt. */
  static final int MOST = 1_024;

  private final Map<IpAddress, Pause> pauses =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<IpAddress, Pause> eldest) {
          return size() > MOST;
        }
      };

  private record Pause(long untilNanos, long nanos) {}

  /** Whether {@code real} is left alone for now. */
  boolean isPaused(IpAddress real, long nowNanos) {
    Pause pause = pauses.get(real);
    return pause != null && nowNanos - pause.untilNanos < 0;
  }

  /** The kernel refused it and nothing else. */
  void refused(IpAddress real, long nowNanos) {
    @Nullable Pause before = pauses.remove(real);
    long nanos =
        before == null ? FIRST_PAUSE_NANOS : Math.min(2 * before.nanos, LONGEST_PAUSE_NANOS);
    pauses.put(real, new Pause(nowNanos + nanos, nanos));
  }

  /** The kernel has it. */
  void taken(IpAddress real) {
    if (!pauses.isEmpty()) {
      pauses.remove(real);
    }
  }
}
