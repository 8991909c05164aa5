package io.dotp.dns.message;

import io.dotp.name.NameHash;
import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Writes names with compression (RFC 1035 section 4.1.4) by exact bytes: a name that differs in
 * case only is another one here, so every owner keeps its letters.
 *
 * <p>A suffix is found by a keyed hash and then compared with what was written, so time is linear
 * in the length of the names, and no choice of names makes it worse.
 */
final class NameWriter {
  private static final int LARGEST_POINTER = 0x3fff;
  private static final int POINTER = 0xc000;
  private static final int POINTER_BITS = 14;
  private static final int FIRST_SLOTS = 16;
  private static final int FIRST_LABELS = 8;

  /** Pointers in a row that a reader has to follow; many readers give up at 16. */
  private static final int MOST_JUMPS = 8;

  private static final NameHash HASH = new NameHash(new SecureRandom());

  private final ByteBuf out;
  private int[] labelStarts = new int[FIRST_LABELS];
  private long[] labelHashes = new long[FIRST_LABELS];

  /*
   * Open addressing. A place is the offset of a suffix and, above it, the jumps from there to the
   * root; it is never 0, for no name stands in the header.
   */
  private long[] hashes = new long[FIRST_SLOTS];
  private int[] places = new int[FIRST_SLOTS];
  private int used;

  /**
   * @param out holds the message, which begins at index 0
   */
  NameWriter(ByteBuf out) {
    this.out = out;
  }

  /** Writes a name in wire form, its end as a pointer if it was written before. */
  void write(byte[] name) {
    int labels = splitAndHash(name);
    int begin = out.writerIndex();
    for (int i = 0; i < labels; i++) {
      int known = find(name, i);
      if (known != 0) {
        out.writeBytes(name, 0, labelStarts[i]);
        out.writeShort(POINTER | known & LARGEST_POINTER);
        remember(i, begin, (known >>> POINTER_BITS) + 1);
        return;
      }
    }
    out.writeBytes(name);
    remember(labels, begin, 0);
  }

  /** Notes a name that stands at {@code begin} already, without compression. */
  void note(byte[] name, int begin) {
    remember(splitAndHash(name), begin, 0);
  }

  private int splitAndHash(byte[] name) {
    int labels = 0;
    for (int at = 0; name[at] != 0; at += name[at] + 1) {
      if (labels == labelStarts.length) {
        labelStarts = Arrays.copyOf(labelStarts, WireName.MAX_LABELS);
        labelHashes = Arrays.copyOf(labelHashes, WireName.MAX_LABELS);
      }
      labelStarts[labels++] = at;
    }
    long state = HASH.root();
    for (int i = labels - 1; i >= 0; i--) {
      state = HASH.append(state, name, labelStarts[i]);
      labelHashes[i] = HASH.finish(state);
    }
    return labels;
  }

  /** The place of the suffix that begins with a label, 0 when no pointer can lead there. */
  private int find(byte[] name, int label) {
    long hash = labelHashes[label];
    int mask = places.length - 1;
    for (int slot = (int) hash & mask; places[slot] != 0; slot = slot + 1 & mask) {
      int place = places[slot];
      if (hashes[slot] == hash
          && place >>> POINTER_BITS < MOST_JUMPS
          && isWritten(name, labelStarts[label], place & LARGEST_POINTER)) {
        return place;
      }
    }
    return 0;
  }

  /** Our own pointers lead backwards, to names that end. */
  private boolean isWritten(byte[] name, int from, int offset) {
    int at = offset;
    int i = from;
    while (true) {
      int length = out.getUnsignedByte(at);
      if (length >= POINTER >>> 8) {
        at = out.getUnsignedShort(at) & LARGEST_POINTER;
      } else if (length != name[i]) {
        return false;
      } else if (length == 0) {
        return true;
      } else {
        for (int end = i + length; i < end; ) {
          if (out.getByte(++at) != name[++i]) {
            return false;
          }
        }
        i++;
        at++;
      }
    }
  }

  private void remember(int labels, int begin, int jumps) {
    for (int i = 0; i < labels && begin + labelStarts[i] <= LARGEST_POINTER; i++) {
      if (2 * (used + 1) > places.length) {
        grow();
      }
      put(labelHashes[i], jumps << POINTER_BITS | begin + labelStarts[i]);
      used++;
    }
  }

  private void put(long hash, int place) {
    int mask = places.length - 1;
    int slot = (int) hash & mask;
    while (places[slot] != 0) {
      slot = slot + 1 & mask;
    }
    hashes[slot] = hash;
    places[slot] = place;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldPlaces = places;
    hashes = new long[2 * oldHashes.length];
    places = new int[2 * oldPlaces.length];
    for (int i = 0; i < oldPlaces.length; i++) {
      if (oldPlaces[i] != 0) {
        put(oldHashes[i], oldPlaces[i]);
      }
    }
  }
}
