package io.dotp.nat;

/** Lets one warning of a kind through every 10 s and counts the rest. Thread: nat. */
final class WarningGate {
  private static final long GAP_NANOS = 10_000_000_000L;

  private boolean used;
  private long lastNanos;
  private long suppressed;

  /** Whether to warn now. */
  boolean admit(long nowNanos) {
    if (used && nowNanos - lastNanos < GAP_NANOS) {
      suppressed++;
      return false;
    }
    used = true;
    lastNanos = nowNanos;
    return true;
  }

  /** How many were held back since the last one; starts the count again. */
  long takeSuppressed() {
    long count = suppressed;
    suppressed = 0;
    return count;
  }
}
