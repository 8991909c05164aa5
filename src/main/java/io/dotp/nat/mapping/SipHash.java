package io.dotp.nat.mapping;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-2-4: a keyed 64-bit hash whose values nobody without the key can foresee. Thread: any.
 *
 * <p>Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
 */
public final class SipHash {
  /** Length of the key in bytes. */
  public static final int KEY_BYTES = 16;

  private final long key0;
  private final long key1;

  /**
   * @param key 16 bytes, read as two little-endian words
   */
  public SipHash(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a SipHash key has 16 bytes, not " + key.length);
    }
    ByteBuffer words = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    key0 = words.getLong();
    key1 = words.getLong();
  }

  public long of(byte[] message) {
    Lanes lanes = new Lanes(key0, key1);
    ByteBuffer bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.remaining() >= Long.BYTES) {
      lanes.absorb(bytes.getLong());
    }
    long last = (long) message.length << 56;
    for (int shift = 0; bytes.hasRemaining(); shift += Byte.SIZE) {
      last |= (bytes.get() & 0xffL) << shift;
    }
    lanes.absorb(last);
    return lanes.squeeze();
  }

  /** The four words of the state. */
  private static final class Lanes {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    Lanes(long key0, long key1) {
      v0 = key0 ^ 0x736f6d6570736575L;
      v1 = key1 ^ 0x646f72616e646f6dL;
      v2 = key0 ^ 0x6c7967656e657261L;
      v3 = key1 ^ 0x7465646279746573L;
    }

    void absorb(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    long squeeze() {
      v2 ^= 0xff;
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
