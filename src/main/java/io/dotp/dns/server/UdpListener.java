package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.dotp.net.ControlDatagramSocket;
import io.dotp.net.LocalAddress;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * One UDP socket of one loop. A reply leaves from the address that its query came to, also on a
 * wildcard address: a client takes it from no other.
 */
record UdpListener(QueryHandler queries, DnsMetrics metrics)
    implements ControlDatagramSocket.Handler {
  @Override
  public void received(
      ControlDatagramSocket socket,
      ByteBuf payload,
      InetSocketAddress source,
      LocalAddress destination) {
    metrics.udpQueries.increment();
    try {
      queries.handle(payload, new UdpReplyPath(socket, source, destination));
    } finally {
      payload.release();
    }
  }
}
