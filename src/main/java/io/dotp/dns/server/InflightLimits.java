package io.dotp.dns.server;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many queries may be under way: for one loop, and for one client on it, so that nobody's flood
 * fills the loop. Thread: its loop.
 */
final class InflightLimits {
  static final int PER_LOOP = 4_096;
  static final int PER_CLIENT = 1_024;

  private final Map<InetAddress, Count> clients = new HashMap<>();
  private int total;

  /** Takes a place; false when there is none. Every true needs one {@link #leave}. */
  boolean enter(InetAddress client) {
    if (total >= PER_LOOP) {
      return false;
    }
    Count count = clients.computeIfAbsent(client, key -> new Count());
    if (count.queries >= PER_CLIENT) {
      return false;
    }
    count.queries++;
    total++;
    return true;
  }

  void leave(InetAddress client) {
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
