package io.dotp.dns.server;

import io.dotp.ip.IpAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many queries may be under way: for one loop, and for one client on it, so that nobody's flood
 * fills the loop. The last quarter of a loop's places is for clients that hold few, so that slow
 * names of some do not keep out the others. Thread: its loop.
 */
final class InflightLimits {
  static final int PER_LOOP = 4_096;
  static final int PER_CLIENT = 1_024;

  /** From here on places are scarce. */
  static final int SCARCE = PER_LOOP / 4 * 3;

  /** What a client may hold when places are scarce. */
  static final int PER_CLIENT_WHEN_SCARCE = 64;

  private final Map<IpAddress, Count> clients = new HashMap<>();
  private int total;

  /** Takes a place; false when there is none. Every true needs one {@link #leave}. */
  boolean enter(IpAddress client) {
    if (total >= PER_LOOP) {
      return false;
    }
    Count count = clients.computeIfAbsent(client, key -> new Count());
    if (count.queries >= (total < SCARCE ? PER_CLIENT : PER_CLIENT_WHEN_SCARCE)) {
      return false;
    }
    count.queries++;
    total++;
    return true;
  }

  void leave(IpAddress client) {
    Count count = clients.get(client);
    if (count == null) {
      throw new IllegalStateException("a query left twice");
    }
    if (--count.queries == 0) {
      clients.remove(client);
    }
    total--;
  }

  int total() {
    return total;
  }

  /** Queries of one client. */
  private static final class Count {
    private int queries;
  }
}
