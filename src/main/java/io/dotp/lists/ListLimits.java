package io.dotp.lists;

import org.jspecify.annotations.Nullable;

/**
 * What lists may cost.
 *
 * @param maxBytes of a file, and of all files that it includes, together; also of all names that
 *     are read at a time
 * @param maxRules of one list, and of all lists together
 * @param maxIncludeDepth files inside files
 * @param maxIncludes of one list
 */
public record ListLimits(long maxBytes, int maxRules, int maxIncludeDepth, int maxIncludes) {
  /** Several times the largest public lists. */
  public static final ListLimits DEFAULT = new ListLimits(256L << 20, 5_000_000, 16, 10_000);

  /**
   * Heap that a rule needs while lists are read again: 30 bytes in force, as many in what takes its
   * place, the name itself, and what else the program needs.
   */
  private static final int HEAP_OF_A_RULE = 160;

  /**
   * Why so much is too much, with a remedy; null when it is not.
   *
   * @param rules of all lists together
   * @param bytes of their names
   */
  @Nullable String surplus(long rules, long bytes) {
    if (rules <= maxRules && bytes <= maxBytes) {
      return null;
    }
    long twice = Runtime.getRuntime().maxMemory() >> 19;
    return "with it all lists have %d rules of %d MiB, there is room for %d of %d MiB; %s"
        .formatted(
            rules,
            bytes >> 20,
            maxRules,
            maxBytes >> 20,
            maxRules == DEFAULT.maxRules
                ? "leave some out"
                : "leave some out, or give the heap more by DOTP_JAVA_OPTS=-Xmx" + twice + "m");
  }

  /**
   * What a heap has room for, twice: lists that are read again stand beside those in force.
   *
   * @param heap the most bytes that it may have
   */
  static ListLimits ofHeap(long heap) {
    return new ListLimits(
        Math.min(DEFAULT.maxBytes, heap / 4),
        (int) Math.min(DEFAULT.maxRules, heap / HEAP_OF_A_RULE),
        DEFAULT.maxIncludeDepth,
        DEFAULT.maxIncludes);
  }
}
