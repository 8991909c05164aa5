package io.dotp.dns.server;

import io.dotp.ip.IpAddress;
import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.WarningGate;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.HalfCloseCure;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Sets up accepted connections of one loop; for whom there is no place is closed at once. */
final class TcpListener extends ChannelInitializer<SocketChannel> {
  /** What a client may leave unread before we stop reading its queries. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private final QueryHandler queries;
  private final TcpShares shares;
  private final DnsMetrics metrics;

  /** What the connections of all loops share. */
  record TcpShares(
      ConnectionLimits limits,
      ClientIdentity identity,
      UnsentBytes.Budget unsent,
      WarningGate acceptWarnings) {}

  TcpListener(QueryHandler queries, TcpShares shares, DnsMetrics metrics) {
    this.queries = queries;
    this.shares = shares;
    this.metrics = metrics;
  }

  @Override
  protected void initChannel(SocketChannel channel) throws IOException {
    InetSocketAddress client = channel.remoteAddress();
    ConnectionLimits.Place place = client == null ? null : enter(client, channel);
    if (client == null || place == null) {
      metrics.tcpRefused.increment();
      channel.close();
      return;
    }
    metrics.tcpConnections.increment();
    channel.closeFuture().addListener(closed -> shares.limits.leave(place));
    HalfCloseCure.apply(channel);
    channel.config().setAllowHalfClosure(true);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    MessageFraming framing = new MessageFraming();
    channel
        .pipeline()
        .addLast(
            framing, new TcpConnection(queries, client, framing, place, shares.unsent, metrics));
  }

  private ConnectionLimits.@Nullable Place enter(InetSocketAddress client, SocketChannel channel) {
    IpAddress address = IpAddress.of(client.getAddress()).unmapped();
    return shares.limits.enter(
        shares.identity.of(address),
        channel.eventLoop().ticker().nanoTime(),
        () -> channel.eventLoop().execute(() -> evict(channel)));
  }

  private void evict(SocketChannel channel) {
    metrics.tcpEvicted.increment();
    channel.close();
  }
}
