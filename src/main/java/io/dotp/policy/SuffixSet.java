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
public final class SuffixSet {
  /*
   * Entries lie bucket by bucket in one byte array: an octet with the length of the name, two of
   * value, the name in wire form. A bucket is a long: where its entries begin (upper half; they end
   * where the next bucket's begin) and a filter, two of 32 bits for each of its names, chosen by
   * bits of the hash that do not choose the bucket.
   *
   * I1 A match is decided by the bytes of the name alone; bucket and filter only say where to look.
   * I2 A suffix begins at a label: nothing in here looks for a name at any other place.
   *
   * Cost: one bucket for each suffix whose number of labels is the number of labels of some listed
   * name, so that a name of 127 labels costs no more than the deepest listed name. The buckets of a
   * million names nearly fit into a processor's cache; the filter keeps all but one or two of a
   * hundred unlisted suffixes from touching the entries, which do not.
   */

  /** What a look-up gives when no suffix is listed. */
  public static final int NONE = -1;

  /** Values are 0 to this. */
  static final int MAX_VALUE = 0xffff;

  /** Octets before the name: its length and the value. */
  private static final int HEADER = 3;

  private static final int NAMES_PER_BUCKET = 2;

  private final NameHash hash;
  private final byte[] entries;
  private final long[] buckets;
  private final boolean[] depths;
  private final int size;

  private SuffixSet(NameHash hash, byte[] entries, long[] buckets, boolean[] depths, int size) {
    this.hash = hash;
    this.entries = entries;
    this.buckets = buckets;
    this.depths = depths;
    this.size = size;
  }

  /** Number of different names. */
  int size() {
    return size;
  }

  /** Bytes of heap that the names and the buckets take, without object headers. */
  long retainedBytes() {
    return entries.length + 8L * buckets.length + depths.length;
  }

  /** The value of the longest listed suffix of {@code name}, {@link #NONE} without one. */
  public int longestMatch(WireName name) {
    int labels = name.splitLabels();
    int deepest = Math.min(labels, depths.length - 1);
    long state = hash.root();
    int best = NONE;
    for (int depth = 0; depth <= deepest; depth++) {
      int start = name.length() - 1;
      if (depth > 0) {
        start = name.labelStart(labels - depth);
        state = hash.append(state, name.bytes(), start);
      }
      if (depths[depth]) {
        int entry = entryOf(hash.finish(state), name, start);
        best = entry == NONE ? best : entry;
      }
    }
    return best == NONE ? NONE : (entries[best + 1] & 0xff) << 8 | (entries[best + 2] & 0xff);
  }

  /** Where the entry of the suffix that begins at {@code start} is, {@link #NONE} without one. */
  private int entryOf(long hashed, WireName name, int start) {
    int bucket = bucketOf(hashed, buckets.length - 1);
    long head = buckets[bucket];
    if ((~head & filterBits(hashed)) != 0) {
      return NONE;
    }
    int end = (int) (buckets[bucket + 1] >>> 32);
    return find(entries, (int) (head >>> 32), end, name, start);
  }

  private static int find(byte[] entries, int from, int end, WireName name, int start) {
    int length = name.length() - start;
    for (int at = from; at < end; at += HEADER + (entries[at] & 0xff)) {
      int first = at + HEADER;
      // I1
      if ((entries[at] & 0xff) == length
          && Arrays.equals(entries, first, first + length, name.bytes(), start, start + length)) {
        return at;
      }
    }
    return NONE;
  }

  private static int bucketOf(long hashed, int count) {
    return (int) ((hashed >>> 32) * count >>> 32);
  }

  private static long filterBits(long hashed) {
    return 1L << (hashed & 31) | 1L << (hashed >>> 5 & 31);
  }

  /** Collects names before the set is frozen. Thread: one. */
  public static final class Builder {
    /** Bytes of all names together; far more than the memory that a matcher should take. */
    private static final int MAX_BYTES = 1 << 30;

    private final NameHash hash;
    private final WireName name = new WireName();
    private byte[] listed = new byte[1 << 10];
    private int end;
    private int names;

    /** Hostile lists and queries collide when they can foresee {@code random}. */
    public Builder(RandomGenerator random) {
      this.hash = new NameHash(random);
    }

    /**
     * Lists a name and everything below it; of equal names the first one counts.
     *
     * @param value 0 to {@link #MAX_VALUE}
     */
    public void add(DomainName listedName, int value) {
      if (value < 0 || value > MAX_VALUE) {
        throw new IllegalArgumentException("value " + value + " outside 0 to " + MAX_VALUE);
      }
      reserve(HEADER + listedName.length());
      listed[end] = (byte) listedName.length();
      listed[end + 1] = (byte) (value >>> 8);
      listed[end + 2] = (byte) value;
      end += HEADER + listedName.copyTo(listed, end + HEADER);
      names++;
    }

    private void reserve(int bytes) {
      if (bytes > MAX_BYTES - end) {
        throw new IllegalStateException("the listed names exceed " + MAX_BYTES + " bytes");
      }
      if (end + bytes > listed.length) {
        listed = Arrays.copyOf(listed, listed.length + (listed.length >> 1));
      }
    }

    /** Sorts the names into buckets, in two passes over them. */
    public SuffixSet build() {
      int[] starts = bucketStarts(names / NAMES_PER_BUCKET + 1);
      int[] ends = starts.clone();
      long[] buckets = new long[starts.length];
      boolean[] depths = new boolean[WireName.MAX_LABELS + 1];
      byte[] entries = new byte[end];
      int kept = 0;
      for (int at = 0; at < end; at += entryLength(at)) {
        int labels = read(at);
        long hashed = hashOf(labels);
        int bucket = bucketOf(hashed, starts.length - 1);
        if (find(entries, starts[bucket], ends[bucket], name, 0) == NONE) {
          System.arraycopy(listed, at, entries, ends[bucket], entryLength(at));
          ends[bucket] += entryLength(at);
          buckets[bucket] |= filterBits(hashed);
          depths[labels] = true;
          kept++;
        }
      }
      byte[] packed = pack(entries, starts, ends, buckets);
      return new SuffixSet(hash, packed, buckets, upToDeepest(depths), kept);
    }

    /** Where each bucket begins when no name is listed twice; the last one is where all end. */
    private int[] bucketStarts(int count) {
      int[] starts = new int[count + 1];
      for (int at = 0; at < end; at += entryLength(at)) {
        starts[bucketOf(hashOf(read(at)), count) + 1] += entryLength(at);
      }
      for (int bucket = 0; bucket < count; bucket++) {
        starts[bucket + 1] += starts[bucket];
      }
      return starts;
    }

    /** Closes the gaps that doubles have left, and tells the buckets where they begin. */
    private static byte[] pack(byte[] entries, int[] starts, int[] ends, long[] buckets) {
      int to = 0;
      for (int bucket = 0; bucket < buckets.length; bucket++) {
        int length = ends[bucket] - starts[bucket];
        System.arraycopy(entries, starts[bucket], entries, to, length);
        buckets[bucket] |= (long) to << 32;
        to += length;
      }
      return to == entries.length ? entries : Arrays.copyOf(entries, to);
    }

    private int entryLength(int at) {
      return HEADER + (listed[at] & 0xff);
    }

    /** Puts the name of an entry into {@link #name} and counts its labels. */
    private int read(int at) {
      int length = listed[at] & 0xff;
      System.arraycopy(listed, at + HEADER, name.bytes(), 0, length);
      name.length(length);
      return name.splitLabels();
    }

    private long hashOf(int labels) {
      long state = hash.root();
      for (int label = labels - 1; label >= 0; label--) {
        state = hash.append(state, name.bytes(), name.labelStart(label));
      }
      return hash.finish(state);
    }

    /** An empty array when nothing is listed. */
    private static boolean[] upToDeepest(boolean[] depths) {
      int length = depths.length;
      while (length > 0 && !depths[length - 1]) {
        length--;
      }
      return Arrays.copyOf(depths, length);
    }
  }
}
