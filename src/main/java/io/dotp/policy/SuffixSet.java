package io.dotp.policy;

import io.dotp.name.DomainName;
import io.dotp.name.NameHash;
import io.dotp.name.WireName;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Names with a small value each, looked up by longest suffix: a label tree in behaviour, a hash
 * table in memory. Immutable; a look-up allocates nothing. Thread: any.
 */
final class SuffixSet {
  /*
   * Entries lie one behind the other in a byte array: two bytes of value, then the name in wire
   * form. A slot of the table is 0 when free, else the offset of an entry (never 0: the array
   * begins with a byte nobody uses) in its low bits and, in the bits that no offset needs, a piece
   * of the name's hash. Collisions go to the next slot.
   *
   * I1 A match is decided by the bytes of the name alone; hash and tag only say where to look.
   * I2 A suffix begins at a label: nothing in here looks for a name at any other place.
   * I3 At least 2 of 5 slots are free, so every probe ends.
   *
   * Cost: one probe for each suffix whose number of labels is the number of labels of some listed
   * name, so that a name of 127 labels costs no more than the deepest listed name. The tag spares
   * most probes of an unlisted suffix the second cache miss.
   */

  /** What a look-up gives when no suffix is listed. */
  static final int NONE = -1;

  /** Values are 0 to this. */
  static final int MAX_VALUE = 0xffff;

  /** Bytes of all names together; the limit leaves two bits of a slot for the tag. */
  private static final int MAX_ARENA = 1 << 30;

  private static final int VALUE_BYTES = 2;

  private final NameHash hash;
  private final byte[] arena;
  private final int[] slots;
  private final int offsetMask;
  private final boolean[] depths;
  private final int size;

  /** Enters the names of {@code arena[1..end)} into a table; of equal names the first stays. */
  private SuffixSet(NameHash hash, byte[] arena, int end, int names) {
    this.hash = hash;
    this.slots = new int[Math.toIntExact((long) names * 5 / 3 + 2)];
    this.offsetMask = Integer.highestOneBit(end) * 2 - 1;
    boolean[] used = new boolean[WireName.MAX_LABELS + 1];
    WireName name = new WireName();
    int kept = 0;
    int to = 1;
    for (int from = 1; from < end; ) {
      int length = wireLength(arena, from + VALUE_BYTES);
      System.arraycopy(arena, from + VALUE_BYTES, name.bytes(), 0, length);
      name.length(length);
      // A later double is overwritten by the entry behind it.
      System.arraycopy(arena, from, arena, to, VALUE_BYTES + length);
      int labels = name.splitLabels();
      if (enter(arena, to, hashOf(name, labels), name)) {
        used[labels] = true;
        kept++;
        to += VALUE_BYTES + length;
      }
      from += VALUE_BYTES + length;
    }
    this.arena = Arrays.copyOf(arena, to);
    this.depths = Arrays.copyOf(used, deepest(used) + 1);
    this.size = kept;
  }

  private boolean enter(byte[] entries, int offset, long hashed, WireName name) {
    int slot = find(entries, hashed, name.bytes(), 0, name.length());
    if (slots[slot] != 0) {
      return false;
    }
    slots[slot] = offset | (int) hashed & ~offsetMask;
    return true;
  }

  /** Number of different names. */
  int size() {
    return size;
  }

  /** Bytes of heap that the names and the table take, without object headers. */
  long retainedBytes() {
    return arena.length + 4L * slots.length + depths.length;
  }

  /** The value of the longest listed suffix of {@code name}, {@link #NONE} without one. */
  int longestMatch(WireName name) {
    int labels = name.splitLabels();
    int deepest = Math.min(labels, depths.length - 1);
    long state = hash.root();
    int best = 0;
    if (deepest >= 0 && depths[0]) {
      best = entryOf(state, name, name.length() - 1);
    }
    for (int depth = 1; depth <= deepest; depth++) {
      int start = name.labelStart(labels - depth);
      state = hash.append(state, name.bytes(), start);
      if (depths[depth]) {
        int entry = entryOf(state, name, start);
        best = entry == 0 ? best : entry;
      }
    }
    return best == 0 ? NONE : (arena[best] & 0xff) << 8 | (arena[best + 1] & 0xff);
  }

  private int entryOf(long state, WireName name, int start) {
    int slot = find(arena, hash.finish(state), name.bytes(), start, name.length());
    return slots[slot] & offsetMask;
  }

  /** The slot that holds the name {@code wire[start..end)}, or the free one where it would be. */
  private int find(byte[] entries, long hashed, byte[] wire, int start, int end) {
    int tag = (int) hashed & ~offsetMask;
    int slot = (int) ((hashed >>> 32) * slots.length >>> 32);
    while (slots[slot] != 0) {
      if ((slots[slot] & ~offsetMask) == tag) {
        int at = (slots[slot] & offsetMask) + VALUE_BYTES;
        int length = end - start;
        // I1. A wire name says itself where it ends, so equal bytes are the whole name.
        if (at + length <= entries.length
            && Arrays.equals(entries, at, at + length, wire, start, end)) {
          return slot;
        }
      }
      slot = slot + 1 == slots.length ? 0 : slot + 1;
    }
    return slot;
  }

  private long hashOf(WireName name, int labels) {
    long state = hash.root();
    for (int label = labels - 1; label >= 0; label--) {
      state = hash.append(state, name.bytes(), name.labelStart(label));
    }
    return hash.finish(state);
  }

  private static int wireLength(byte[] wire, int start) {
    int at = start;
    while (wire[at] != 0) {
      at += wire[at] + 1;
    }
    return at + 1 - start;
  }

  /** -1 when nothing is used. */
  private static int deepest(boolean[] used) {
    int depth = used.length - 1;
    while (depth >= 0 && !used[depth]) {
      depth--;
    }
    return depth;
  }

  /** Collects names before the set is frozen. Thread: one. */
  static final class Builder {
    private final NameHash hash;
    private byte[] arena = new byte[1 << 10];
    private int end = 1;
    private int names;

    /** Hostile lists and queries collide when they can foresee {@code random}. */
    Builder(RandomGenerator random) {
      this.hash = new NameHash(random);
    }

    /**
     * Lists a name and everything below it; of equal names the first one counts.
     *
     * @param value 0 to {@link #MAX_VALUE}
     */
    void add(DomainName name, int value) {
      if (value < 0 || value > MAX_VALUE) {
        throw new IllegalArgumentException("value " + value + " outside 0 to " + MAX_VALUE);
      }
      reserve(VALUE_BYTES + name.length());
      arena[end++] = (byte) (value >>> 8);
      arena[end++] = (byte) value;
      end += name.copyTo(arena, end);
      names++;
    }

    /** Ends the collection; the builder is empty afterwards. */
    SuffixSet build() {
      SuffixSet set = new SuffixSet(hash, arena, end, names);
      arena = new byte[1 << 10];
      end = 1;
      names = 0;
      return set;
    }

    private void reserve(int bytes) {
      if (end + bytes > MAX_ARENA) {
        throw new IllegalStateException("the listed names exceed " + MAX_ARENA + " bytes");
      }
      if (end + bytes > arena.length) {
        arena = Arrays.copyOf(arena, Math.min(MAX_ARENA, arena.length + (arena.length >> 1)));
      }
    }
  }
}
