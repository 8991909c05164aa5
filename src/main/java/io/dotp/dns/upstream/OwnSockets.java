package io.dotp.dns.upstream;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Local ends of the sockets that have upstream queries under way. Of UDP only the port is kept,
 * because it changes with every query; whether an address is ours is for others to say. Thread:
 * any.
 */
final class OwnSockets {
  private static final int PORTS = 65_536;

  private final AtomicIntegerArray udp = new AtomicIntegerArray(PORTS);
  private final Set<InetSocketAddress> tcp = ConcurrentHashMap.newKeySet();

  void addUdp(int port) {
    udp.incrementAndGet(port);
  }

  void removeUdp(int port) {
    udp.decrementAndGet(port);
  }

  void addTcp(InetSocketAddress local) {
    tcp.add(local);
  }

  void removeTcp(InetSocketAddress local) {
    tcp.remove(local);
  }

  boolean contains(InetSocketAddress source) {
    return udp.get(source.getPort()) > 0 || tcp.contains(source);
  }
}
