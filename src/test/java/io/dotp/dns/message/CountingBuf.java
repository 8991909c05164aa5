package io.dotp.dns.message;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;

/** Counts how often a byte or a word is looked at: work without a clock. */
final class CountingBuf extends UnpooledHeapByteBuf {
  private long reads;

  CountingBuf(byte... content) {
    super(UnpooledByteBufAllocator.DEFAULT, Math.max(64, content.length), Integer.MAX_VALUE);
    writeBytes(content);
  }

  long reads() {
    return reads;
  }

  @Override
  public byte getByte(int index) {
    reads++;
    return super.getByte(index);
  }

  @Override
  public short getShort(int index) {
    reads++;
    return super.getShort(index);
  }
}
