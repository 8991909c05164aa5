package io.dotp.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Walks over the messages of one received datagram and the attributes of a message, without
 * objects. What does not fit into its surroundings ends the walk; nothing throws.
 */
public final class NetlinkReader {
  /** Types of messages that are not a family's. */
  public static final int NOOP = 1;

  public static final int ERROR = 2;
  public static final int DONE = 3;
  public static final int OVERRUN = 4;

  /** Flag of a message: what was dumped changed meanwhile, and the dump may have holes. */
  public static final int DUMP_INTERRUPTED = 0x10;

  /** Flags of an {@link #ERROR} message: the request is not all in it; attributes follow. */
  private static final int CAPPED = 0x100;

  private static final int ERROR_ATTRIBUTES = 0x200;

  private static final int HEADER = 16;
  private static final int TYPE_MASK = 0x3fff;
  private static final int NESTED = 0x8000;

  private final ByteBuffer view;
  private final byte[] bytes;
  private final int limit;
  private int message;
  private int next;

  /**
   * @param length of the datagram, in bytes
   */
  public NetlinkReader(byte[] bytes, int length) {
    this.bytes = bytes;
    this.limit = Math.min(length, bytes.length);
    view = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** Goes to the next message; false at the end. */
  public boolean nextMessage() {
    message = next;
    if (limit - message < HEADER) {
      return false;
    }
    int size = view.getInt(message);
    if (size < HEADER || size > limit - message) {
      return false;
    }
    next = Math.min(limit, message + (size + 3 & -4));
    return true;
  }

  /** Whether the walk ended where the datagram does, and not at something damaged. */
  public boolean isAtEnd() {
    return next >= limit;
  }

  public int type() {
    return view.getShort(message + 4) & 0xffff;
  }

  public int flags() {
    return view.getShort(message + 6) & 0xffff;
  }

  public int sequence() {
    return view.getInt(message + 8);
  }

  public int portId() {
    return view.getInt(message + 12);
  }

  /** Of an {@link #ERROR} or {@link #DONE} message: the error as errno.h has it, 0 for none. */
  public int error() {
    return message + HEADER + 4 <= end() ? -view.getInt(message + HEADER) : 0;
  }

  /** Of an {@link #ERROR} message: whether it is long enough to be about a request. */
  public boolean isErrorWhole() {
    return message + HEADER + 4 + HEADER <= end();
  }

  /** Of an {@link #ERROR} message: the sequence number of the request that it is about. */
  public int failedSequence() {
    return message + HEADER + 16 <= end() ? view.getInt(message + HEADER + 12) : sequence();
  }

  /** Of an {@link #ERROR} message: what the kernel adds to the number (NETLINK_EXT_ACK). */
  public Attributes errorAttributes() {
    int request = message + HEADER + 4;
    if ((flags() & ERROR_ATTRIBUTES) == 0 || request + HEADER > end()) {
      return new Attributes(end(), end());
    }
    int size = (flags() & CAPPED) != 0 ? HEADER : view.getInt(request);
    boolean fits = size >= HEADER && size <= end() - request;
    return new Attributes(fits ? Math.min(end(), request + (size + 3 & -4)) : end(), end());
  }

  /** Family of struct nfgenmsg, the fixed part of netfilter's messages. */
  public int netfilterFamily() {
    return message + HEADER < end() ? bytes[message + HEADER] & 0xff : 0;
  }

  /** A byte of the fixed part behind the header; 0 behind its end. */
  public int fixedByte(int at) {
    return message + HEADER + at < end() ? bytes[message + HEADER + at] & 0xff : 0;
  }

  /** The attributes behind a struct nfgenmsg. */
  public Attributes attributes() {
    return attributes(4);
  }

  /**
   * The attributes behind another fixed part.
   *
   * @param fixed its length in bytes, a multiple of 4
   */
  public Attributes attributes(int fixed) {
    return new Attributes(Math.min(end(), message + HEADER + fixed), end());
  }

  private int end() {
    return Math.min(limit, message + view.getInt(message));
  }

  /** Attributes in a row; {@link #next} goes to the first one first. */
  public final class Attributes {
    private final int end;
    private int at;
    private int following;

    private Attributes(int begin, int end) {
      this.following = begin;
      this.end = end;
    }

    public boolean next() {
      at = following;
      if (end - at < 4) {
        return false;
      }
      int size = view.getShort(at) & 0xffff;
      if (size < 4 || size > end - at) {
        return false;
      }
      following = Math.min(end, at + (size + 3 & -4));
      return true;
    }

    public int type() {
      return view.getShort(at + 2) & TYPE_MASK;
    }

    /** Length of the value in bytes. */
    public int length() {
      return (view.getShort(at) & 0xffff) - 4;
    }

    /** Whether the attribute says that it holds attributes. */
    public boolean isNested() {
      return (view.getShort(at + 2) & NESTED) != 0;
    }

    /** Where the value begins in the datagram. */
    public int offset() {
      return at + 4;
    }

    /** The attributes inside. */
    public Attributes nested() {
      return new Attributes(at + 4, at + 4 + length());
    }

    /** A copy of the value. */
    public byte[] value() {
      byte[] value = new byte[length()];
      System.arraycopy(bytes, at + 4, value, 0, value.length);
      return value;
    }

    /** A string, without its end. */
    public String string() {
      int size = length();
      while (size > 0 && bytes[at + 4 + size - 1] == 0) {
        size--;
      }
      return new String(bytes, at + 4, size, StandardCharsets.UTF_8);
    }

    /** A number of 32 bits in the machine's order, which netlink's own attributes have; else 0. */
    public int nativeNumber() {
      return length() == Integer.BYTES ? view.getInt(at + 4) : 0;
    }

    /** A number in network order, from as many bytes as there are, at most 8. */
    public long number() {
      long number = 0;
      for (int i = 0; i < Math.min(Long.BYTES, length()); i++) {
        number = number << 8 | bytes[at + 4 + i] & 0xff;
      }
      return number;
    }
  }
}
