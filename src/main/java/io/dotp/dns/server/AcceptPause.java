package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.WarningGate;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.HalfCloseCure;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops accepting for a second when the kernel gives no more sockets (EMFILE, ENFILE, ENOBUFS): the
 * connections that wait would wake the loop again and again while nothing can be done about them.
 * Thread: its loop.
 */
final class AcceptPause extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptPause.class);

  private static final long PAUSE_SECONDS = 1;

  private final WarningGate warnings;
  private final DnsMetrics metrics;

  AcceptPause(WarningGate warnings, DnsMetrics metrics) {
    this.warnings = warnings;
    this.metrics = metrics;
  }

  /**
   * Puts one into a listening socket, whose interest mask is 0 while it pauses.
   *
   * @param warnings one for all listeners
   */
  static ChannelInitializer<EpollServerSocketChannel> initializer(
      WarningGate warnings, DnsMetrics metrics) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(EpollServerSocketChannel listener) throws IOException {
        HalfCloseCure.apply(listener);
        listener.pipeline().addLast(new AcceptPause(warnings, metrics));
      }
    };
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    metrics.acceptPauses.increment();
    warnings.pass(
        context.executor().ticker().nanoTime(),
        suppressed ->
            LOG.warn(
                "no TCP connection can be accepted for a second reason=\"{}\""
                    + " remedy=\"allow more open files (LimitNOFILE)\" suppressed={}",
                cause.getMessage(),
                suppressed));
    context.channel().config().setAutoRead(false);
    context
        .executor()
        .schedule(
            () -> context.channel().config().setAutoRead(true), PAUSE_SECONDS, TimeUnit.SECONDS);
  }
}
