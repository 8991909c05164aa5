package io.dotp.lists;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The few things of a protobuf message that a reader of fields needs. Thread: one.
 *
 * <p>Source: protobuf.dev, Encoding.
 */
final class ProtobufInput {
  static final int VARINT = 0;
  static final int LENGTH_DELIMITED = 2;
  private static final int FIXED64 = 1;
  private static final int FIXED32 = 5;

  private final InputStream in;
  private long position;

  ProtobufInput(InputStream in) {
    this.in = in;
  }

  /** Bytes that were read. */
  long position() {
    return position;
  }

  /** Number of the next field in the upper bits, wire type in the lower three; -1 at the end. */
  long tag() throws IOException {
    int first = in.read();
    if (first < 0) {
      return -1;
    }
    position++;
    return varint(first);
  }

  /** A whole number, or the length of what follows. */
  long varint() throws IOException {
    return varint(octet());
  }

  private long varint(int first) throws IOException {
    long value = first & 0x7f;
    int last = first;
    for (int shift = 7; (last & 0x80) != 0; shift += 7) {
      if (shift > 63) {
        throw malformed();
      }
      last = octet();
      value |= (long) (last & 0x7f) << shift;
    }
    return value;
  }

  private int octet() throws IOException {
    int octet = in.read();
    if (octet < 0) {
      throw ended();
    }
    position++;
    return octet;
  }

  /** The bytes of a field whose length was read. */
  byte[] bytes(long length, int most) throws IOException {
    if (length < 0 || length > most) {
      throw malformed();
    }
    byte[] bytes = in.readNBytes((int) length);
    position += bytes.length;
    if (bytes.length < length) {
      throw ended();
    }
    return bytes;
  }

  /** Passes a field over whose tag was read. */
  void skip(long tag) throws IOException {
    switch ((int) (tag & 7)) {
      case VARINT -> varint();
      case LENGTH_DELIMITED -> skipBytes(varint());
      case FIXED64 -> skipBytes(Long.BYTES);
      case FIXED32 -> skipBytes(Integer.BYTES);
      default -> throw malformed();
    }
  }

  void skipBytes(long length) throws IOException {
    if (length < 0) {
      throw malformed();
    }
    try {
      in.skipNBytes(length);
    } catch (EOFException e) {
      // Its own message is null.
      throw ended();
    }
    position += length;
  }

  IOException ended() {
    return new EOFException("ends in the middle, at byte " + position);
  }

  IOException malformed() {
    return new IOException("not a protobuf message at byte " + position);
  }
}
