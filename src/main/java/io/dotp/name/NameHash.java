package io.dotp.name;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * A keyed hash of canonical names that grows label by label from the root, so that one walk gives
 * the hashes of all suffixes.
 *
 * <p>Start with {@link #root}, add labels from the last to the first with {@link #append}, and
 * {@link #finish} any state on the way.
 */
public final class NameHash {
  /*
   * A polynomial over the prime field of 2^61-1 at a secret point. Its coefficients are the bytes of
   * the name, seven at a time, the length octet of a label in its first seven, so the leading one
   * is never 0. The sequence can be read back label by label, so different names are different
   * polynomials, and two of them agree in at most as many points as they have coefficients (under
   * 128): whoever does not know the point finds a colliding pair with probability below 2^-53,
   * whichever names he lists or asks for. finish() spreads the state over all 64 bits, because a
   * polynomial alone leaves neighbouring names in neighbouring buckets.
   */
  private static final long PRIME = (1L << 61) - 1;

  private static final int CHUNK = 7;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long point;
  private final long spread;

  /** Takes its two secrets from {@code random}, which has to be unpredictable in production. */
  public NameHash(RandomGenerator random) {
    this.point = random.nextLong() & PRIME;
    this.spread = random.nextLong();
  }

  /** State of the root name. */
  public long root() {
    return 0;
  }

  /**
   * State of the name that has one label more on its left.
   *
   * @param state of the name behind the label
   * @param labelStart offset of the label's length octet
   */
  public long append(long state, byte[] wire, int labelStart) {
    int left = wire[labelStart] + 1;
    int at = labelStart;
    long next = state;
    while (left >= CHUNK) {
      next = step(next, chunk(wire, at, CHUNK));
      at += CHUNK;
      left -= CHUNK;
    }
    return left == 0 ? next : step(next, chunk(wire, at, left));
  }

  /** Makes a hash of a state: every bit depends on the whole name and on the secrets. */
  public long finish(long state) {
    long mixed = state ^ spread;
    mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }

  /** The next {@code count} bytes as a number; the arrays of short names end before the eighth. */
  private static long chunk(byte[] wire, int at, int count) {
    if (at + Long.BYTES <= wire.length) {
      return (long) LONGS.get(wire, at) & (1L << count * 8) - 1;
    }
    long word = 0;
    for (int i = count - 1; i >= 0; i--) {
      word = word << 8 | (wire[at + i] & 0xff);
    }
    return word;
  }

  /** (state + chunk) * point modulo the prime, up to a multiple of it; no sum exceeds 63 bits. */
  private long step(long state, long chunk) {
    long sum = state + chunk;
    long low = sum * point;
    long high = Math.multiplyHigh(sum, point);
    long folded = (low & PRIME) + (high << 3 | low >>> 61);
    return (folded & PRIME) + (folded >>> 61);
  }
}
