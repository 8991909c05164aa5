package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP socket of one loop. Replies written during one turn of the loop leave together, at its
 * end: one system call for many datagrams.
 */
final class UdpListener extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger LOG = LoggerFactory.getLogger(UdpListener.class);

  private final QueryHandler queries;
  private final DnsMetrics metrics;
  private final ChannelFutureListener onWritten = this::countFailure;
  private final Runnable flush = this::flush;
  private ChannelHandlerContext context;
  private boolean flushScheduled;

  @SuppressWarnings("NullAway.Init") // the context is set before the first datagram can arrive
  UdpListener(QueryHandler queries, DnsMetrics metrics) {
    this.queries = queries;
    this.metrics = metrics;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext unused, DatagramPacket datagram) {
    metrics.udpQueries.increment();
    queries.handle(datagram.content(), new UdpReplyPath(this, datagram.sender()));
  }

  void write(DatagramPacket reply) {
    context.write(reply).addListener(onWritten);
    if (!flushScheduled) {
      flushScheduled = true;
      context.executor().execute(flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    context.flush();
  }

  private void countFailure(ChannelFuture written) {
    if (!written.isSuccess()) {
      metrics.writeErrors.increment();
    }
  }

  /** Mostly ICMP errors of clients that did not wait for their answer. */
  @Override
  public void exceptionCaught(ChannelHandlerContext unused, Throwable cause) {
    LOG.debug("udp listener reason=\"{}\"", cause.toString());
  }
}
