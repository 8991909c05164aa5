package io.dotp.dns.message;

/**
 * What becomes of the TTLs of a stored response when it is sent.
 *
 * @param ageSeconds how long it has been stored: taken off every TTL
 * @param limitSeconds upper bound for the records that depend on a lease
 * @param staleSeconds TTL of every record of a stale response, 0 for one that is fresh
 */
public record Ttls(long ageSeconds, long limitSeconds, int staleSeconds) {
  /** RFC 8767 section 5: what is stale is promised for 30 s. */
  private static final int STALE_SECONDS = 30;

  /** Of a stale response that depends on no lease. */
  public static final Ttls STALE = new Ttls(0, Integer.MAX_VALUE, STALE_SECONDS);

  /** Of a fresh response that depends on no lease. */
  public static Ttls aged(long ageSeconds) {
    return new Ttls(ageSeconds, Integer.MAX_VALUE, 0);
  }

  /** The same for a response that depends on a lease. */
  public Ttls limited(long seconds) {
    return new Ttls(ageSeconds, seconds, staleSeconds);
  }

  /**
   * @param stored unsigned; beyond 2^31 it means 0 (RFC 2181 section 8)
   */
  int of(int stored, boolean limited) {
    long left = Math.max(0, Math.max(0, stored) - ageSeconds);
    long fresh = staleSeconds > 0 ? staleSeconds : left;
    return (int) (limited ? Math.min(fresh, limitSeconds) : fresh);
  }
}
