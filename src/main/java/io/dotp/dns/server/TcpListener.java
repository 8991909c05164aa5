package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.HalfCloseCure;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Sets up accepted connections of one loop; over a limit they are closed at once. */
final class TcpListener extends ChannelInitializer<SocketChannel> {
  /** What a client may leave unread before we stop reading its queries. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private static final int LENGTH_BYTES = 2;
  private static final int LONGEST_MESSAGE = 65_535;

  private final QueryHandler queries;
  private final ConnectionLimits limits;
  private final UnsentBytes.Budget unsent;
  private final DnsMetrics metrics;

  TcpListener(
      QueryHandler queries,
      ConnectionLimits limits,
      UnsentBytes.Budget unsent,
      DnsMetrics metrics) {
    this.queries = queries;
    this.limits = limits;
    this.unsent = unsent;
    this.metrics = metrics;
  }

  @Override
  protected void initChannel(SocketChannel channel) throws IOException {
    InetSocketAddress client = channel.remoteAddress();
    if (client == null || !enter(client.getAddress())) {
      metrics.tcpRefused.increment();
      channel.close();
      return;
    }
    metrics.tcpConnections.increment();
    channel.closeFuture().addListener(closed -> limits.leave(client.getAddress()));
    HalfCloseCure.apply(channel);
    channel.config().setAllowHalfClosure(true);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    channel
        .pipeline()
        .addLast(
            new LengthFieldBasedFrameDecoder(
                LONGEST_MESSAGE + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES),
            new TcpConnection(queries, client, unsent, metrics));
  }

  private boolean enter(InetAddress client) {
    return limits.enter(client);
  }
}
