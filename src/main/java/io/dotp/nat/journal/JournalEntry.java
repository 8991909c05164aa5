package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.util.List;

/**
 * What the journal knows of one fake.
 *
 * @param real the address that it stands for, or stood for before it rested
 * @param route name of the route whose pool it is from, at most 1,024 characters
 * @param names that led here, oldest first; at most 8 in an entry of the journal
 * @param restingSinceMillis wall clock of its retirement, or {@link #LIVE}
 */
public record JournalEntry(
    IpAddress real, String route, List<DomainName> names, long restingSinceMillis) {
  /** {@code restingSinceMillis} of a mapping that was live. */
  public static final long LIVE = Long.MIN_VALUE;

  static final int MOST_ROUTE_CHARACTERS = 1024;

  public JournalEntry {
    if (route.length() > MOST_ROUTE_CHARACTERS) {
      throw new IllegalArgumentException("route name has " + route.length() + " characters");
    }
    names = List.copyOf(names);
  }

  /** Whether the mapping was retired; if not it was live. */
  public boolean isResting() {
    return restingSinceMillis != LIVE;
  }

  /**
   * How long the fake has rested, in milliseconds, never negative. A clock that went back behind
   * the retirement gives 0, so that the rest begins again rather than ends early.
   */
  public long restedMillis(long nowMillis) {
    if (!isResting() || nowMillis <= restingSinceMillis) {
      return 0;
    }
    long rested = nowMillis - restingSinceMillis;
    return rested < 0 ? Long.MAX_VALUE : rested;
  }

  /** Whether it is about the same pair. */
  boolean isOf(IpAddress otherReal, String otherRoute) {
    return real.equals(otherReal) && route.equals(otherRoute);
  }
}
