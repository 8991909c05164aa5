package io.dotp.nat.journal;

import io.dotp.ip.IpAddress;

/**
 * A mapping whose elements the kernel is about to lose. Names are those of earlier records.
 *
 * @param route name of the route, at most 1,024 characters
 */
public record Retirement(IpAddress fake, IpAddress real, String route) {
  public Retirement {
    if (route.length() > JournalEntry.MOST_ROUTE_CHARACTERS) {
      throw new IllegalArgumentException("route name has " + route.length() + " characters");
    }
  }
}
