package io.dotp.policy;

import io.dotp.name.DomainName;
import io.dotp.name.NameHash;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Names with small values, looked up by longest suffix: a label tree in behaviour, a hash table in
 * memory. A name stands for itself and everything below it, or for itself alone; it may have
 * several values. Immutable; a look-up allocates nothing. Thread: any.
 */
public final class SuffixSet {
  /*
   * Entries lie bucket by bucket in one byte array, in the shape of NameBuffer; the highest bit of
   * the value says that the name stands for itself alone. A bucket is a long: where its entries
   * begin (upper half; they end where the next bucket's begin) and a filter, two of 32 bits for
   * each of its names, chosen by bits of the hash that do not choose the bucket.
   *
   * I1 A match is decided by the bytes of the name alone; bucket and filter only say where to look.
   * I2 A suffix begins at a label: nothing in here looks for a name at any other place.
   * I3 Entries of one name lie in one bucket, in the order in which they were added.
   *
   * Cost: one bucket for each suffix whose number of labels is the number of labels of some listed
   * name, so that a name of 127 labels costs no more than the deepest listed name. The buckets of a
   * million names nearly fit into a processor's cache; the filter keeps all but one or two of a
   * hundred unlisted suffixes from touching the entries, which do not.
   */

  /** What a look-up gives when no suffix is listed. */
  public static final int NONE = -1;

  /** Values are 0 to this. */
  static final int MAX_VALUE = 0x7fff;

  /** Added to the value of a name that stands for itself alone. */
  static final int EXACT = 0x8000;

  private static final Admission ALL = (value, name, client) -> true;

  private static final int NAMES_PER_BUCKET = 2;

  private final NameHash hash;
  private final byte[] entries;
  private final long[] buckets;
  private final boolean[] depths;
  private final int size;

  /** Says which values count for a look-up; the others are as if they were not listed. */
  interface Admission {
    /**
     * @param client what it has, null for {@link #ALL}
     */
    boolean admits(int value, WireName name, @Nullable ClientView client);
  }

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
    return longestMatch(name, ALL, null);
  }

  /**
   * The first admitted value of the longest listed suffix that has one: those of names that stand
   * for themselves alone come before the others.
   */
  int longestMatch(WireName name, Admission admission, @Nullable ClientView client) {
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
        int value = valueOf(hash.finish(state), name, start, admission, client);
        best = value == NONE ? best : value;
      }
    }
    return best;
  }

  /** The first admitted value of the suffix that begins at {@code start}. */
  private int valueOf(
      long hashed, WireName name, int start, Admission admission, @Nullable ClientView client) {
    int bucket = bucketOf(hashed, buckets.length - 1);
    long head = buckets[bucket];
    if ((~head & filterBits(hashed)) != 0) {
      return NONE;
    }
    int end = (int) (buckets[bucket + 1] >>> 32);
    int first = NONE;
    for (int at = find(entries, (int) (head >>> 32), end, name, start);
        at != NONE;
        at = find(entries, at + NameBuffer.entryLength(entries, at), end, name, start)) {
      int listed = NameBuffer.value(entries, at);
      int value = listed & MAX_VALUE;
      boolean exact = (listed & EXACT) != 0;
      // I3
      if ((exact ? start == 0 : first == NONE) && admission.admits(value, name, client)) {
        if (exact) {
          return value;
        }
        first = value;
      }
    }
    return first;
  }

  /** Where the next entry of the suffix that begins at {@code start} is, {@link #NONE} without. */
  private static int find(byte[] entries, int from, int end, WireName name, int start) {
    int length = name.length() - start;
    for (int at = from; at < end; at += NameBuffer.entryLength(entries, at)) {
      int first = at + NameBuffer.HEADER;
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
    private final NameBuffer own = new NameBuffer();
    private final List<Part> parts = new ArrayList<>(List.of(new Part(own, 0)));

    /** Names of which each has {@code value}, beside what they brought along. */
    private record Part(NameBuffer names, int value) {}

    /** The table while it fills: a bucket's entries begin at its start and end at its end. */
    private static final class Table {
      private final byte[] entries;
      private final int[] starts;
      private final int[] ends;
      private final long[] buckets;
      private final boolean[] depths = new boolean[WireName.MAX_LABELS + 1];

      private Table(int bytes, int[] starts) {
        this.entries = new byte[bytes];
        this.starts = starts;
        this.ends = starts.clone();
        this.buckets = new long[starts.length];
      }
    }

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
      listedName.copyTo(name.bytes(), 0);
      own.add(name.bytes(), listedName.length(), checked(value));
    }

    /**
     * Lists names after those that are listed already, without copying them.
     *
     * @param names whose values are 0 or {@link #EXACT}
     * @param value of all of them, 0 to {@link #MAX_VALUE}
     */
    void addAll(NameBuffer names, int value) {
      parts.add(new Part(names, checked(value)));
    }

    private static int checked(int value) {
      if (value < 0 || value > MAX_VALUE) {
        throw new IllegalArgumentException("value " + value + " outside 0 to " + MAX_VALUE);
      }
      return value;
    }

    /** Sorts the names into buckets, in two passes over them. */
    public SuffixSet build() {
      long names = 0;
      long bytes = 0;
      for (Part part : parts) {
        names += part.names.size();
        bytes += part.names.bytes();
      }
      if (bytes > MAX_BYTES) {
        throw new IllegalStateException("the listed names exceed " + MAX_BYTES + " bytes");
      }
      Table table = new Table((int) bytes, bucketStarts((int) (names / NAMES_PER_BUCKET + 1)));
      int[] kept = {0};
      for (Part part : parts) {
        part.names.forEach((block, at) -> kept[0] += place(block, at, part.value, table));
      }
      byte[] packed = pack(table);
      return new SuffixSet(hash, packed, table.buckets, upToDeepest(table.depths), kept[0]);
    }

    /** Where each bucket begins when no name is listed twice; the last one is where all end. */
    private int[] bucketStarts(int count) {
      int[] starts = new int[count + 1];
      for (Part part : parts) {
        part.names.forEach(
            (block, at) ->
                starts[bucketOf(hashOf(read(block, at)), count) + 1] +=
                    NameBuffer.entryLength(block, at));
      }
      for (int bucket = 0; bucket < count; bucket++) {
        starts[bucket + 1] += starts[bucket];
      }
      return starts;
    }

    /** Puts an entry into its bucket unless it is there, and counts a name that is new: 1 or 0. */
    private int place(byte[] block, int at, int partValue, Table table) {
      int labels = read(block, at);
      int value = NameBuffer.value(block, at) | partValue;
      long hashed = hashOf(labels);
      int bucket = bucketOf(hashed, table.starts.length - 1);
      int end = table.ends[bucket];
      byte[] entries = table.entries;
      int first = find(entries, table.starts[bucket], end, name, 0);
      for (int same = first; same != NONE; ) {
        if (NameBuffer.value(entries, same) == value) {
          return 0;
        }
        same = find(entries, same + NameBuffer.entryLength(entries, same), end, name, 0);
      }
      int length = NameBuffer.entryLength(block, at);
      System.arraycopy(block, at, entries, end, length);
      NameBuffer.putValue(entries, end, value);
      table.ends[bucket] += length;
      table.buckets[bucket] |= filterBits(hashed);
      table.depths[labels] = true;
      return first == NONE ? 1 : 0;
    }

    /** Closes the gaps that doubles have left, and tells the buckets where they begin. */
    private static byte[] pack(Table table) {
      byte[] entries = table.entries;
      int to = 0;
      for (int bucket = 0; bucket < table.buckets.length; bucket++) {
        int length = table.ends[bucket] - table.starts[bucket];
        System.arraycopy(entries, table.starts[bucket], entries, to, length);
        table.buckets[bucket] |= (long) to << 32;
        to += length;
      }
      return to == entries.length ? entries : Arrays.copyOf(entries, to);
    }

    /** Puts the name of an entry into {@link #name} and counts its labels. */
    private int read(byte[] block, int at) {
      int length = block[at] & 0xff;
      System.arraycopy(block, at + NameBuffer.HEADER, name.bytes(), 0, length);
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
