package io.dotp.lists.fetch;

/**
 * What a download may cost.
 *
 * @param maxBytes of a list, compressed or not
 * @param totalMillis from the first step to the last byte
 * @param connectMillis for one address of the server
 * @param maxRedirects one after the other
 */
public record FetchLimits(long maxBytes, long totalMillis, int connectMillis, int maxRedirects) {
  /** Several times the largest public lists, at the speed of a slow line. */
  public static final FetchLimits DEFAULT = new FetchLimits(64L << 20, 300_000, 10_000, 5);
}
