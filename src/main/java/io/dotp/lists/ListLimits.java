package io.dotp.lists;

/**
 * What a list may cost.
 *
 * @param maxBytes of the file, and of all files that it includes, together
 * @param maxRules of one list
 * @param maxIncludeDepth files inside files
 * @param maxIncludes of one list
 */
public record ListLimits(long maxBytes, int maxRules, int maxIncludeDepth, int maxIncludes) {
  /** Several times the largest public lists. */
  public static final ListLimits DEFAULT = new ListLimits(256L << 20, 5_000_000, 16, 10_000);
}
