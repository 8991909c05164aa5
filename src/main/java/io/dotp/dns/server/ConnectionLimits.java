package io.dotp.dns.server;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many TCP connections the whole process and one client may hold. Thread: any loop. */
final class ConnectionLimits {
  static final int TOTAL = 4_096;
  static final int PER_CLIENT = 128;

  private final AtomicInteger total = new AtomicInteger();
  private final ConcurrentMap<InetAddress, Integer> clients = new ConcurrentHashMap<>();

  /** Takes a place; false when there is none. Every true needs one {@link #leave}. */
  boolean enter(InetAddress client) {
    if (total.incrementAndGet() > TOTAL) {
      total.decrementAndGet();
      return false;
    }
    int held = clients.merge(client, 1, Integer::sum);
    if (held > PER_CLIENT) {
      leave(client);
      return false;
    }
    return true;
  }

  void leave(InetAddress client) {
    total.decrementAndGet();
    clients.computeIfPresent(client, (key, held) -> held == 1 ? null : held - 1);
  }

  int held(InetAddress client) {
    return clients.getOrDefault(client, 0);
  }
}
