package io.dotp.dns.upstream;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Local ends of the sockets that have upstream queries under way. One set per transport: a port may
 * be in use by both. Thread: any.
 */
final class OwnSockets {
  private final Set<InetSocketAddress> udp = ConcurrentHashMap.newKeySet();
  private final Set<InetSocketAddress> tcp = ConcurrentHashMap.newKeySet();

  void addUdp(InetSocketAddress local) {
    udp.add(local);
  }

  void removeUdp(InetSocketAddress local) {
    udp.remove(local);
  }

  void addTcp(InetSocketAddress local) {
    tcp.add(local);
  }

  void removeTcp(InetSocketAddress local) {
    tcp.remove(local);
  }

  boolean contains(InetSocketAddress source) {
    return udp.contains(source) || tcp.contains(source);
  }
}
