package io.dotp.dns.upstream;

import io.dotp.ip.Family;
import io.dotp.metrics.UpstreamMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one server: many queries at a time, answers in any order (RFC 7766 section
 * 6.2). Retired, it takes no more queries and closes with the last one that waits.
 *
 * <p>Thread: one loop.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);

  private static final int LENGTH_FIELD = 2;
  private static final int LARGEST_FRAME = LENGTH_FIELD + 0xffff;

  /** Where the connection stands. */
  private enum State {
    CONNECTING,
    OPEN,
    CLOSED
  }

  private final EpollSocketChannel channel;
  private final UpstreamServer server;
  private final OwnSockets ownSockets;
  private final UpstreamTimings timings;
  private final UpstreamMetrics metrics;
  private final PendingIds pending;
  private final Runnable onClosed;
  private State state = State.CONNECTING;
  private boolean retired;
  private long answers;
  private @Nullable ScheduledFuture<?> idleTimer;

  private TcpConnection(UpstreamServer server, TcpConnections owner) {
    this.channel =
        new EpollSocketChannel(
            server.family() == Family.IPV4
                ? SocketProtocolFamily.INET
                : SocketProtocolFamily.INET6);
    this.server = server;
    this.ownSockets = owner.ownSockets();
    this.timings = owner.timings();
    this.metrics = owner.metrics();
    this.pending = new PendingIds(8, owner.random());
    this.onClosed = owner::onClosed;
  }

  /**
   * Begins to connect.
   *
   * @throws io.netty.channel.ChannelException when the system has no more sockets
   */
  static TcpConnection open(EventLoop loop, UpstreamServer server, TcpConnections owner) {
    TcpConnection connection = new TcpConnection(server, owner);
    connection.connect(loop);
    return connection;
  }

  private void connect(EventLoop loop) {
    channel.config().setConnectTimeoutMillis(timings.tcpConnectMillis());
    channel
        .pipeline()
        .addLast(new LengthFieldBasedFrameDecoder(LARGEST_FRAME, 0, LENGTH_FIELD, 0, LENGTH_FIELD))
        .addLast(this);
    loop.register(channel);
    channel.closeFuture().addListener(closed -> onClosed());
    channel.connect(server.socketAddress()).addListener(this::onConnected);
  }

  private void onConnected(Future<? super Void> connected) {
    if (!connected.isSuccess()) {
      channel.close();
      return;
    }
    if (state != State.CONNECTING) {
      return;
    }
    state = State.OPEN;
    ownSockets.addTcp(channel.localAddress());
    for (int id : pending.ids()) {
      Attempt attempt = pending.get(id);
      if (attempt != null) {
        write(id, attempt.message());
      }
    }
    channel.flush();
  }

  /** Whether another query may go over it. */
  boolean takesQueries() {
    return state != State.CLOSED && !retired && !pending.isFull();
  }

  /** How many answers have come; a connection on which it stands still may be dead. */
  long answers() {
    return answers;
  }

  /**
   * Sends the attempt's message as soon as the connection stands.
   *
   * @return the ID under which it waits
   */
  int ask(Attempt attempt) {
    cancelIdleTimer();
    int id = pending.add(attempt);
    if (state == State.OPEN) {
      write(id, attempt.message());
      channel.flush();
    }
    return id;
  }

  private void write(int id, ByteBuf message) {
    int length = message.readableBytes();
    ByteBuf framed = channel.alloc().directBuffer(LENGTH_FIELD + length);
    framed.writeShort(length).writeBytes(message, message.readerIndex(), length);
    framed.setShort(LENGTH_FIELD, id);
    metrics.tcpSent.increment();
    // A failed write closes the connection, and closing tells all who wait.
    channel.write(framed);
  }

  /** Nobody waits for this ID any longer; {@code answered} with its answer. */
  void forget(int id) {
    pending.remove(id);
    if (state == State.CLOSED || !pending.isEmpty()) {
      return;
    }
    if (retired) {
      channel.close();
    } else {
      startIdleTimer();
    }
  }

  /** Takes no more queries. */
  void retire() {
    retired = true;
    if (pending.isEmpty()) {
      channel.close();
    }
  }

  private void startIdleTimer() {
    cancelIdleTimer();
    idleTimer =
        channel.eventLoop().schedule(this::retire, timings.tcpIdleMillis(), TimeUnit.MILLISECONDS);
  }

  private void cancelIdleTimer() {
    if (idleTimer != null) {
      idleTimer.cancel(false);
      idleTimer = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf frame = (ByteBuf) message;
    try {
      take(frame);
    } finally {
      frame.release();
    }
  }

  private void take(ByteBuf message) {
    Attempt attempt =
        message.readableBytes() < QueryEncoder.HEADER_LENGTH
            ? null
            : pending.get(message.getUnsignedShort(message.readerIndex()));
    if (attempt != null && attempt.isAnswer(message)) {
      answers++;
      attempt.onTcpAnswer(message);
    } else if (!pending.isEmpty()) {
      metrics.spoofNearMiss.increment();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      metrics.bugs.increment();
      LOG.error("bug while reading from an upstream connection, it is closed", cause);
    }
    context.close();
  }

  private void onClosed() {
    if (state == State.CLOSED) {
      return;
    }
    if (state == State.OPEN) {
      ownSockets.removeTcp(channel.localAddress());
    }
    state = State.CLOSED;
    cancelIdleTimer();
    onClosed.run();
    for (Attempt attempt : pending.all()) {
      attempt.onTcpClosed();
    }
  }

  void close() {
    channel.close();
  }
}
