package io.dotp.nat.journal;

import io.dotp.ip.IpPrefix;

/**
 * A pool that gives no more fakes while clients still use some of it.
 *
 * @param route name of the route that it is, or was, of; at most 1,024 characters
 */
public record DrainingPool(String route, IpPrefix prefix) {
  public DrainingPool {
    if (route.length() > JournalEntry.MOST_ROUTE_CHARACTERS) {
      throw new IllegalArgumentException("route name has " + route.length() + " characters");
    }
  }
}
