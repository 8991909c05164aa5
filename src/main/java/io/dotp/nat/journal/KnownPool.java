package io.dotp.nat.journal;

import io.dotp.config.RouteRules;
import io.dotp.ip.IpPrefix;

/**
 * A pool that the kernel's rules know: it gives fakes, or gives no more while clients still use
 * some of it.
 *
 * @param route name of the route that it is, or was, of; at most 1,024 characters
 * @param rules what happens to traffic to it
 */
public record KnownPool(String route, IpPrefix prefix, RouteRules rules) {
  public KnownPool {
    if (route.length() > JournalEntry.MOST_ROUTE_CHARACTERS) {
      throw new IllegalArgumentException("route name has " + route.length() + " characters");
    }
  }
}
