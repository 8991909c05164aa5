package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.dotp.net.ControlDatagramSocket;
import io.dotp.net.LocalAddress;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/**
 * One UDP socket of one loop on a wildcard address. A reply leaves from the address that its query
 * came to, for a client takes it from no other.
 */
record WildcardUdpListener(QueryHandler queries, DnsMetrics metrics)
    implements ControlDatagramSocket.Handler {
  @Override
  public void received(
      ControlDatagramSocket socket,
      ByteBuf payload,
      InetSocketAddress source,
      LocalAddress destination) {
    metrics.udpQueries.increment();
    try {
      queries.handle(payload, new WildcardReplyPath(socket, source, destination));
    } finally {
      payload.release();
    }
  }
}
