package io.dotp.dns.hosts;

import io.dotp.name.DomainName;
import io.dotp.name.NameHash;
import io.dotp.name.WireName;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Numbers names in the order in which they come, and finds the number of a name without allocating.
 * Thread: one while it grows, any afterwards, once it was published safely.
 */
final class NameIndex {
  /*
   * Names lie one after the other in one byte array, each behind an octet with its length. A slot of
   * the open-addressed table holds a name's number plus one, 0 for none; starts[number] is where the
   * name lies. The hash is keyed, and a match is decided by the bytes.
   */

  /** What a look-up gives for a name that has no number. */
  static final int NONE = -1;

  private final NameHash hash = new NameHash(new SecureRandom());
  private final WireName scratch = new WireName();
  private byte[] names = new byte[1 << 10];
  private int end;
  private int[] starts = new int[64];
  private int[] slots = new int[128];
  private int size;

  int size() {
    return size;
  }

  /** The number of {@code name}: the one that it has, or the next one. */
  int add(DomainName name) {
    int length = name.copyTo(scratch.bytes(), 0);
    scratch.length(length);
    int slot = slotOf(scratch);
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    append(length);
    slots[slot] = size;
    if (2 * size >= slots.length) {
      spread();
    }
    return size - 1;
  }

  private void append(int length) {
    if (end + 1 + length > names.length) {
      names = Arrays.copyOf(names, names.length + names.length / 2);
    }
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, 2 * size);
    }
    starts[size++] = end;
    names[end] = (byte) length;
    System.arraycopy(scratch.bytes(), 0, names, end + 1, length);
    end += 1 + length;
  }

  private void spread() {
    slots = new int[2 * slots.length];
    for (int number = 0; number < size; number++) {
      int length = names[starts[number]] & 0xff;
      System.arraycopy(names, starts[number] + 1, scratch.bytes(), 0, length);
      scratch.length(length);
      slots[slotOf(scratch)] = number + 1;
    }
  }

  /** The number of {@code name}, {@link #NONE} without one. */
  int find(WireName name) {
    return slots[slotOf(name)] - 1;
  }

  private int slotOf(WireName name) {
    long state = hash.root();
    for (int label = name.splitLabels() - 1; label >= 0; label--) {
      state = hash.append(state, name.bytes(), name.labelStart(label));
    }
    int mask = slots.length - 1;
    int slot = (int) hash.finish(state) & mask;
    while (slots[slot] != 0 && !isAt(name, starts[slots[slot] - 1])) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private boolean isAt(WireName name, int start) {
    int length = names[start] & 0xff;
    return length == name.length()
        && Arrays.equals(names, start + 1, start + 1 + length, name.bytes(), 0, length);
  }
}
