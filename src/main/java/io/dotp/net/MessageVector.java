package io.dotp.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Native memory for one call of recvmmsg(2) or sendmmsg(2): an array of struct mmsghdr, and for
 * each one iovec, one socket address and one area of control messages. Made once, used for ever;
 * its owner sees to it that no call uses it after it is gone. Thread: one.
 *
 * <p>Shape: the structures of an LP64 system, equal on x86-64 and aarch64.
 */
final class MessageVector {
  private static final int HEADER = 64;
  private static final int IOVEC = 16;
  private static final int NAME = 32;

  // struct mmsghdr: struct msghdr (name, namelen, iov, iovlen, control, controllen, flags), len.
  private static final int NAME_LENGTH = 8;
  private static final int VECTOR = 16;
  private static final int VECTOR_LENGTH = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int LENGTH = 56;

  private static final int MSG_TRUNC = 0x20;

  private final ByteBuffer memory;
  private final long address;
  private final int vectors;
  private final int names;
  private final int controls;
  private final int payloads;
  private final int payloadSize;

  /**
   * @param payloadSize bytes for each message's payload in this memory; 0 when it is elsewhere
   */
  MessageVector(int count, int payloadSize) {
    vectors = count * HEADER;
    names = vectors + count * IOVEC;
    controls = names + count * NAME;
    payloads = controls + count * ControlMessages.SPACE;
    this.payloadSize = payloadSize;
    memory =
        ByteBuffer.allocateDirect(payloads + count * payloadSize).order(ByteOrder.nativeOrder());
    address = Pointer.wrap(Runtime.getSystemRuntime(), memory).address();
    for (int i = 0; i < count; i++) {
      int header = i * HEADER;
      memory.putLong(header, address + name(i));
      memory.putLong(header + VECTOR, address + vectors + (long) i * IOVEC);
      memory.putLong(header + VECTOR_LENGTH, 1);
      memory.putLong(header + CONTROL, address + control(i));
      setPayload(i, address + payload(i), payloadSize);
    }
  }

  /** What the system calls take. */
  long address() {
    return address;
  }

  ByteBuffer memory() {
    return memory;
  }

  /** Offset of a message's socket address. */
  int name(int index) {
    return names + index * NAME;
  }

  /** Offset of a message's control messages. */
  int control(int index) {
    return controls + index * ControlMessages.SPACE;
  }

  /** Offset of a message's payload, when it is in this memory. */
  int payload(int index) {
    return payloads + index * payloadSize;
  }

  /** Before each reception: the kernel overwrites the lengths. */
  void offerAll(int count) {
    for (int i = 0; i < count; i++) {
      setLengths(i, NAME, ControlMessages.SPACE);
      memory.putInt(i * HEADER + FLAGS, 0);
    }
  }

  void setLengths(int index, int nameLength, int controlLength) {
    memory.putInt(index * HEADER + NAME_LENGTH, nameLength);
    memory.putLong(index * HEADER + CONTROL_LENGTH, controlLength);
  }

  void setPayload(int index, long payloadAddress, int length) {
    memory.putLong(vectors + index * IOVEC, payloadAddress);
    memory.putLong(vectors + index * IOVEC + 8, length);
  }

  int length(int index) {
    return memory.getInt(index * HEADER + LENGTH);
  }

  int controlLength(int index) {
    return (int) memory.getLong(index * HEADER + CONTROL_LENGTH);
  }

  boolean isTruncated(int index) {
    return (memory.getInt(index * HEADER + FLAGS) & MSG_TRUNC) != 0;
  }
}
