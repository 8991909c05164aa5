package io.dotp.dns.upstream;

import java.util.random.RandomGenerator;

/** Random bytes, fetched in blocks: a secure source is slow per call. Thread: owned by one loop. */
final class RandomBits {
  private final RandomGenerator source;
  private final byte[] block = new byte[2048];
  private int at = block.length;

  RandomBits(RandomGenerator source) {
    this.source = source;
  }

  /** 0 to 255. */
  int nextByte() {
    if (at == block.length) {
      source.nextBytes(block);
      at = 0;
    }
    return block[at++] & 0xff;
  }

  /** 0 to 65535. */
  int nextId() {
    return nextByte() << 8 | nextByte();
  }
}
