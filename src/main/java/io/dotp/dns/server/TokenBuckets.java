package io.dotp.dns.server;

import io.dotp.ip.IpAddress;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A bucket of tokens for each of at most 8,192 clients. Thread: any. */
final class TokenBuckets {
  /*
   * A table of SETS sets of WAYS slots; a client's slot is one of its set. A bucket is one number,
   * the moment at which it will be full again (the generic cell rate algorithm): a token taken moves
   * it one gap into the future, and none is left when it is BURST away.
   * I1. A bucket that is full already says nothing that a missing one does not. So a newcomer takes
   *     the slot whose moment is the earliest, and who is over the limit stays.
   * I2. No locks: a slot is replaced and a moment moved by compare-and-set. When two loops meet the
   *     same new client at once, one bucket of two may be forgotten, which gives a token too many.
   * I3. The set is chosen with a secret, so nobody can aim at the set of another client.
   */
  static final int SETS = 2_048;
  static final int WAYS = 4;

  private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int ATTEMPTS = 4;
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  private final AtomicReferenceArray<@Nullable Bucket> slots =
      new AtomicReferenceArray<>(SETS * WAYS);
  private final long secret = new SecureRandom().nextLong();
  private final long gapNanos;

  /**
   * @param perSecond tokens that come in a second, at least 1; a full bucket holds those of two
   */
  TokenBuckets(int perSecond) {
    this.gapNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
  }

  /** Takes a token of this client's; false when there is none. */
  boolean take(IpAddress client, long nowNanos) {
    int first = set(client) * WAYS;
    for (int i = 0; i < ATTEMPTS; i++) {
      Bucket bucket = find(client, first);
      if (bucket == null) {
        bucket = replaceEarliest(client, first, nowNanos);
      }
      if (bucket != null) {
        return bucket.take(nowNanos, gapNanos);
      }
    }
    return true;
  }

  private int set(IpAddress client) {
    long mixed = (client.high() ^ secret) * SPREAD;
    mixed = (mixed ^ mixed >>> 32 ^ client.low()) * SPREAD;
    mixed = (mixed ^ mixed >>> 29) * SPREAD;
    return (int) (mixed >>> 32) & SETS - 1;
  }

  private @Nullable Bucket find(IpAddress client, int first) {
    for (int i = first; i < first + WAYS; i++) {
      Bucket bucket = slots.get(i);
      if (bucket != null && bucket.client.equals(client)) {
        return bucket;
      }
    }
    return null;
  }

  /** I1; null when another thread was faster. */
  private @Nullable Bucket replaceEarliest(IpAddress client, int first, long nowNanos) {
    int victim = first;
    Bucket earliest = slots.get(first);
    for (int i = first + 1; i < first + WAYS && earliest != null; i++) {
      Bucket other = slots.get(i);
      if (other == null || other.fullAt.get() - earliest.fullAt.get() < 0) {
        victim = i;
        earliest = other;
      }
    }
    Bucket fresh = new Bucket(client, nowNanos);
    return slots.compareAndSet(victim, earliest, fresh) ? fresh : null;
  }

  /** How many clients are known. */
  int held() {
    int held = 0;
    for (int i = 0; i < slots.length(); i++) {
      held += slots.get(i) == null ? 0 : 1;
    }
    return held;
  }

  /** One client's. */
  private static final class Bucket {
    private final IpAddress client;
    private final AtomicLong fullAt;

    private Bucket(IpAddress client, long nowNanos) {
      this.client = client;
      this.fullAt = new AtomicLong(nowNanos);
    }

    private boolean take(long nowNanos, long gapNanos) {
      while (true) {
        long seen = fullAt.get();
        long next = (seen - nowNanos > 0 ? seen : nowNanos) + gapNanos;
        if (next - nowNanos > BURST_NANOS) {
          return false;
        }
        if (fullAt.compareAndSet(seen, next)) {
          return true;
        }
      }
    }
  }
}
