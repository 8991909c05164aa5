package io.dotp.dns.upstream;

import io.dotp.metrics.UpstreamMetrics;
import io.dotp.net.LocalPort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket that is connected to one server at a time, so that the kernel drops what comes from
 * anybody else. It is never bound: connecting again makes the kernel pick a fresh random port. What
 * is left in it from its last use fails the check of ID and question.
 *
 * <p>Thread: one loop. An ICMP error is one bad moment and never closes the socket.
 */
final class UdpSocket extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);

  /** Our OPT asks for 1232 bytes; whatever is cut off here fails the walk and is had over TCP. */
  private static final int RECEIVE_SIZE = 2048;

  private final EpollDatagramChannel channel;
  private final PendingIds pending;
  private final UpstreamMetrics metrics;
  private boolean connected;
  private int port;
  private boolean unwritten;

  private UdpSocket(
      EpollDatagramChannel channel, PendingIds pending, UpstreamMetrics metrics, int batch) {
    this.channel = channel;
    this.pending = pending;
    this.metrics = metrics;
    channel
        .config()
        .setRecvByteBufAllocator(
            new FixedRecvByteBufAllocator(RECEIVE_SIZE).maxMessagesPerRead(batch));
    channel.pipeline().addLast(this);
  }

  /**
   * @param batch how many datagrams are read at a time
   * @throws io.netty.channel.ChannelException when the system has no more sockets
   */
  static UdpSocket open(
      EventLoop loop,
      SocketProtocolFamily family,
      PendingIds pending,
      UpstreamMetrics metrics,
      int batch) {
    UdpSocket socket = new UdpSocket(new EpollDatagramChannel(family), pending, metrics, batch);
    loop.register(socket.channel);
    return socket;
  }

  /**
   * Leaves the last server and its port. From the second time on Netty is not told: its idea of the
   * addresses is that of the first time, and nobody asks it.
   *
   * @return false when there is no way to {@code server}
   */
  boolean connect(UpstreamServer server, LocalPort localPort) {
    int descriptor = channel.fd().intValue();
    connected =
        connected
            ? server.freshPort().take(descriptor)
            : channel.connect(Objects.requireNonNull(server.socketAddress())).isSuccess();
    port = connected ? localPort.of(descriptor) : 0;
    return connected;
  }

  /** Where the answer will come to. */
  int port() {
    return port;
  }

  /** Who waits here. */
  PendingIds pending() {
    return pending;
  }

  /** Whether nothing of an old query can leave through it later. */
  boolean isReusable() {
    return channel.isOpen() && !unwritten;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /**
   * Sends; borrows {@code message}.
   *
   * @return false when the system refused
   */
  boolean send(ByteBuf message) {
    if (trySend(message)) {
      return true;
    }
    // An ICMP error of the past is reported by the next call, which then does not send: once more.
    return trySend(message);
  }

  private boolean trySend(ByteBuf message) {
    ChannelFuture written = channel.writeAndFlush(message.retainedDuplicate());
    unwritten = unwritten || !written.isDone();
    return !written.isDone() || written.isSuccess();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      take(packet.content());
    } finally {
      packet.release();
    }
  }

  private void take(ByteBuf message) {
    if (pending.isEmpty()) {
      // Late or repeated: the query that it may belong to is over.
      return;
    }
    Attempt attempt =
        message.readableBytes() < QueryEncoder.HEADER_LENGTH
            ? null
            : pending.get(message.getUnsignedShort(message.readerIndex()));
    if (attempt == null) {
      metrics.spoofNearMiss.increment();
    } else {
      attempt.onDatagram(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      for (Attempt attempt : pending.all()) {
        attempt.onUdpError();
      }
    } else {
      metrics.bugs.increment();
      LOG.error("bug while reading an upstream's datagram, it is dropped", cause);
    }
  }

  void close() {
    channel.close();
  }
}
