package io.dotp.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds netlink messages one behind the other, each a header and attributes, in a buffer that
 * grows (netlink(7); linux/netlink.h). Lengths are filled in by {@link #end} and {@link #endNest}.
 */
public final class NetlinkWriter {
  public static final int REQUEST = 0x1;
  public static final int ACK = 0x4;
  public static final int DUMP = 0x300;
  public static final int CREATE = 0x400;
  public static final int EXCLUSIVE = 0x200;

  private static final int HEADER = 16;
  private static final int NESTED = 0x8000;
  private static final int ALIGN = 4;

  private byte[] bytes;
  private ByteBuffer view;
  private int length;
  private int message = -1;

  public NetlinkWriter(int capacity) {
    bytes = new byte[capacity];
    view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** Forgets everything, keeps the buffer. */
  public NetlinkWriter clear() {
    length = 0;
    message = -1;
    return this;
  }

  /** What was built; longer than {@link #length}. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /** Begins a message; its fixed part and attributes follow, then {@link #end}. */
  public NetlinkWriter begin(int type, int flags, int sequence) {
    if (message >= 0) {
      throw new IllegalStateException("message not ended");
    }
    message = length;
    room(HEADER);
    view.putShort(message + 4, (short) type);
    view.putShort(message + 6, (short) (REQUEST | flags));
    view.putInt(message + 8, sequence);
    return this;
  }

  /** struct nfgenmsg, the fixed part of netfilter's messages; version 0. */
  public NetlinkWriter netfilter(int family, int resource) {
    int at = room(4);
    bytes[at] = (byte) family;
    bytes[at + 1] = 0;
    bytes[at + 2] = (byte) (resource >>> 8);
    bytes[at + 3] = (byte) resource;
    return this;
  }

  /** A fixed part in the machine's order that the caller has laid out; a multiple of 4 bytes. */
  public NetlinkWriter fixed(byte[] part) {
    int at = room(part.length);
    System.arraycopy(part, 0, bytes, at, part.length);
    return this;
  }

  /** A number of 32 bits in the machine's order, which routing's attributes have. */
  public NetlinkWriter putNative(int type, int value) {
    view.putInt(attribute(type, Integer.BYTES), value);
    return this;
  }

  /** Sets flags of the message that is being built. */
  public NetlinkWriter flags(int flags) {
    int at = message + 6;
    view.putShort(at, (short) (view.getShort(at) | flags));
    return this;
  }

  public void end() {
    view.putInt(message, length - message);
    message = -1;
  }

  /**
   * Begins an attribute that holds attributes.
   *
   * @return its place, for {@link #endNest}
   */
  public int beginNest(int type) {
    int at = room(4);
    view.putShort(at + 2, (short) (NESTED | type));
    return at;
  }

  public void endNest(int nest) {
    int size = length - nest;
    if (size > 0xffff) {
      throw new IllegalStateException("attribute of " + size + " bytes");
    }
    view.putShort(nest, (short) size);
  }

  /** A string with its end. */
  public NetlinkWriter putString(int type, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return putBytes(type, Arrays.copyOf(text, text.length + 1));
  }

  public NetlinkWriter putBytes(int type, byte[] value) {
    int at = attribute(type, value.length);
    System.arraycopy(value, 0, bytes, at, value.length);
    return this;
  }

  public NetlinkWriter putByte(int type, int value) {
    bytes[attribute(type, 1)] = (byte) value;
    return this;
  }

  /** A number of 16 bits in network order. */
  public NetlinkWriter putShort(int type, int value) {
    int at = attribute(type, Short.BYTES);
    bytes[at] = (byte) (value >>> 8);
    bytes[at + 1] = (byte) value;
    return this;
  }

  /** A number of 32 bits in network order, which netfilter's attributes have. */
  public NetlinkWriter putInt(int type, int value) {
    int at = attribute(type, Integer.BYTES);
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[at + i] = (byte) (value >>> (24 - 8 * i));
    }
    return this;
  }

  private int attribute(int type, int size) {
    int at = room(4 + size);
    view.putShort(at, (short) (4 + size));
    view.putShort(at + 2, (short) type);
    return at + 4;
  }

  /** Room for {@code size} bytes and padding, all 0. */
  private int room(int size) {
    int at = length;
    int padded = size + (ALIGN - 1) & -ALIGN;
    if (at + padded > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, at + padded));
      view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
    Arrays.fill(bytes, at, at + padded, (byte) 0);
    length = at + padded;
    return at;
  }
}
