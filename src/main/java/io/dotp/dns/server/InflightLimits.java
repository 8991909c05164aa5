package io.dotp.dns.server;

import io.dotp.ip.IpAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * How many queries may be under way: for one loop, and for one client on all loops, so that
 * nobody's flood fills a loop. The last quarter of a loop's places is for clients that hold few, so
 * that slow names of some do not keep out the others. Thread: its loop.
 */
final class InflightLimits {
  static final int PER_LOOP = 4_096;
  static final int PER_CLIENT = 1_024;

  /** From here on places are scarce. */
  static final int SCARCE = PER_LOOP / 4 * 3;

  /** What a client may hold when places are scarce. */
  static final int PER_CLIENT_WHEN_SCARCE = 64;

  private final Clients clients;
  private int total;

  /** What each client holds; its sockets are spread over the loops. Thread: any. */
  static final class Clients {
    private final ConcurrentMap<IpAddress, Integer> held = new ConcurrentHashMap<>();

    private boolean take(IpAddress client, int most) {
      if (held.merge(client, 1, Integer::sum) <= most) {
        return true;
      }
      giveBack(client);
      return false;
    }

    private void giveBack(IpAddress client) {
      held.compute(client, (key, count) -> reduced(count));
    }

    private static @Nullable Integer reduced(@Nullable Integer count) {
      if (count == null) {
        throw new IllegalStateException("a query left twice");
      }
      return count == 1 ? null : Integer.valueOf(count - 1);
    }
  }

  InflightLimits(Clients clients) {
    this.clients = clients;
  }

  /** Takes a place; false when there is none. Every true needs one {@link #leave}. */
  boolean enter(IpAddress client) {
    boolean free =
        total < PER_LOOP
            && clients.take(client, total < SCARCE ? PER_CLIENT : PER_CLIENT_WHEN_SCARCE);
    total += free ? 1 : 0;
    return free;
  }

  void leave(IpAddress client) {
    clients.giveBack(client);
    total--;
  }

  int total() {
    return total;
  }
}
