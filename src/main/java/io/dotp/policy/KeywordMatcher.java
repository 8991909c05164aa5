package io.dotp.policy;

import io.dotp.name.WireName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the values of all keywords that are in a name, in one walk over it. Immutable. Thread: any.
 *
 * <p>Source: Aho and Corasick, Efficient string matching, 1975.
 */
final class KeywordMatcher {
  /*
   * The automaton is complete: next[state * LETTERS + letter] is where a letter leads, failures
   * included, so that a letter of a name costs one look-up however many keywords there are. State 0
   * is the beginning; an octet that no keyword can hold leads there.
   */

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
  private static final int LETTERS = ALPHABET.length();
  private static final int NO_LETTER = -1;
  private static final byte[] LETTER_OF = letters();
  private static final int DOT = LETTER_OF['.'];

  private final int[] next;

  /**
   * The values of the keywords that end in a state, those inside others included; null for none.
   */
  private final @Nullable BitSet[] values;

  private KeywordMatcher(int[] next, @Nullable BitSet[] values) {
    this.next = next;
    this.values = values;
  }

  private static byte[] letters() {
    byte[] letters = new byte[256];
    Arrays.fill(letters, (byte) NO_LETTER);
    for (int i = 0; i < LETTERS; i++) {
      letters[ALPHABET.charAt(i)] = (byte) i;
    }
    return letters;
  }

  /** Whether a keyword may hold {@code c}. */
  static boolean isLetter(char c) {
    return c < 128 && LETTER_OF[c] != NO_LETTER;
  }

  /**
   * The values of the keywords that are in the text of {@code name}; allocates only if there are
   * any.
   *
   * @return null for none
   */
  @Nullable BitSet values(WireName name) {
    BitSet found = null;
    byte[] bytes = name.bytes();
    int state = 0;
    for (int label = 0; bytes[label] != 0; label += bytes[label] + 1) {
      if (label > 0) {
        state = next[state * LETTERS + DOT];
        found = collect(state, found);
      }
      for (int at = label + 1; at <= label + bytes[label]; at++) {
        int letter = LETTER_OF[bytes[at] & 0xff];
        // A dot inside a label is written with a backslash, which no keyword holds.
        state = letter == NO_LETTER || letter == DOT ? 0 : next[state * LETTERS + letter];
        found = collect(state, found);
      }
    }
    return found;
  }

  private @Nullable BitSet collect(int state, @Nullable BitSet found) {
    BitSet here = values[state];
    if (here == null) {
      return found;
    }
    BitSet all = found == null ? new BitSet() : found;
    all.or(here);
    return all;
  }

  /** Collects keywords. Thread: one. */
  static final class Builder {
    private final Map<String, BitSet> keywords = new HashMap<>();

    /**
     * @param keyword not empty, of letters that {@link #isLetter} knows
     */
    void add(String keyword, int value) {
      keywords.computeIfAbsent(keyword, added -> new BitSet()).set(value);
    }

    /**
     * @return null when there are no keywords
     */
    @Nullable KeywordMatcher build() {
      if (keywords.isEmpty()) {
        return null;
      }
      int most = 1;
      for (String keyword : keywords.keySet()) {
        most += keyword.length();
      }
      int[] next = new int[most * LETTERS];
      List<@Nullable BitSet> values = new ArrayList<>();
      values.add(null);
      keywords.forEach((keyword, of) -> values.set(insert(keyword, next, values), of));
      complete(next, values);
      return new KeywordMatcher(
          Arrays.copyOf(next, values.size() * LETTERS), values.toArray(new BitSet[0]));
    }

    /** Adds the states of a keyword and returns the last of them. */
    private static int insert(String keyword, int[] next, List<@Nullable BitSet> values) {
      int state = 0;
      for (int i = 0; i < keyword.length(); i++) {
        int edge = state * LETTERS + LETTER_OF[keyword.charAt(i)];
        if (next[edge] == 0) {
          next[edge] = values.size();
          values.add(null);
        }
        state = next[edge];
      }
      return state;
    }

    /** Breadth first: what a state lacks it takes from its longest proper suffix. */
    private static void complete(int[] next, List<@Nullable BitSet> values) {
      int[] suffix = new int[values.size()];
      Deque<Integer> open = new ArrayDeque<>(List.of(0));
      while (!open.isEmpty()) {
        int state = open.remove();
        for (int letter = 0; letter < LETTERS; letter++) {
          int edge = state * LETTERS + letter;
          int beyond = state == 0 ? 0 : next[suffix[state] * LETTERS + letter];
          int child = next[edge];
          if (child == 0) {
            next[edge] = beyond;
          } else {
            suffix[child] = beyond;
            inherit(values, child, beyond);
            open.add(child);
          }
        }
      }
    }

    private static void inherit(List<@Nullable BitSet> values, int child, int suffix) {
      BitSet inherited = values.get(suffix);
      if (inherited != null) {
        BitSet own = values.get(child);
        BitSet both = (BitSet) inherited.clone();
        if (own != null) {
          both.or(own);
        }
        values.set(child, both);
      }
    }
  }
}
