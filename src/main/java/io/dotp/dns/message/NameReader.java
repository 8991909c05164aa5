package io.dotp.dns.message;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Reads a name of a message into canonical form, following compression pointers (RFC 1035 section
 * 4.1.4) that lead strictly backwards, at most 16 of them, so that time is bounded whatever the
 * bytes say. Offsets are relative to the begin of the message.
 */
final class NameReader {
  /** What {@link #read} gives for a name that is none. */
  static final int MALFORMED = -1;

  private static final int HEADER_LENGTH = 12;
  private static final int MOST_JUMPS = 16;

  private NameReader() {}

  /**
   * @param base index of the message's first byte in {@code message}
   * @param end length of the message
   * @param target receives the name
   * @return offset of the first byte behind the name, or {@link #MALFORMED}
   */
  static int read(ByteBuf message, int base, int offset, int end, WireName target) {
    byte[] bytes = target.bytes();
    int copied = 0;
    int at = offset;
    int runStart = offset;
    int behind = MALFORMED;
    int jumps = 0;
    while (at < end) {
      int length = message.getUnsignedByte(base + at);
      int run = at - runStart;
      if (length >= 0xc0) {
        int pointer = at + 1 < end ? message.getUnsignedShort(base + at) & 0x3fff : MALFORMED;
        if (pointer < HEADER_LENGTH || pointer >= runStart || ++jumps > MOST_JUMPS) {
          return MALFORMED;
        }
        message.getBytes(base + runStart, bytes, copied, run);
        copied += run;
        behind = behind == MALFORMED ? at + 2 : behind;
        at = pointer;
        runStart = pointer;
        continue;
      }
      int next = at + 1 + length;
      if (length > 63 || next > end || copied + run + 1 + length > WireName.MAX_LENGTH) {
        return MALFORMED;
      }
      if (length == 0) {
        message.getBytes(base + runStart, bytes, copied, run + 1);
        target.length(copied + run + 1);
        lowerCase(bytes, target.length());
        return behind == MALFORMED ? next : behind;
      }
      at = next;
    }
    return MALFORMED;
  }

  /** Length octets are below the letters, so they need no care. */
  private static void lowerCase(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      byte octet = bytes[i];
      if (octet >= 'A' && octet <= 'Z') {
        bytes[i] = (byte) (octet + ('a' - 'A'));
      }
    }
  }

  static void copy(WireName from, WireName to) {
    System.arraycopy(from.bytes(), 0, to.bytes(), 0, from.length());
    to.length(from.length());
  }

  /** Whether two canonical names are equal. */
  static boolean equal(WireName one, WireName other) {
    return Arrays.equals(one.bytes(), 0, one.length(), other.bytes(), 0, other.length());
  }
}
