package io.dotp.dns.upstream;

import io.dotp.metrics.UpstreamMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one server, over TCP, TLS or HTTPS: many queries at a time, answers in any
 * order (RFC 7766 section 6.2). Retired, it takes no more queries and closes with the last one that
 * waits.
 *
 * <p>Thread: one loop.
 */
final class StreamConnection {
  /*
   * RESOLVING   the server is known by name, and bootstrap servers are asked where it is
   * CONNECTING  TCP, and what the server's protocol needs on top: TLS, then HTTP
   * OPEN        queries go through the wire
   * CLOSED      everybody who waited was told why
   *
   * I1 Queries may be added in every state but CLOSED; before OPEN they wait.
   * I2 `failure` keeps the first reason, because later ones are its consequences.
   */

  /** No ID of a message. */
  static final int NO_ID = -1;

  private static final Logger LOG = LoggerFactory.getLogger(StreamConnection.class);

  /** Where the connection stands. */
  private enum State {
    RESOLVING,
    CONNECTING,
    OPEN,
    CLOSED
  }

  private final EventLoop loop;
  private final UpstreamServer server;
  private final StreamConnections owner;
  private final UpstreamTimings timings;
  private final UpstreamMetrics metrics;
  private final PendingIds pending;
  private State state = State.RESOLVING;
  private @Nullable EpollSocketChannel channel;
  private @Nullable MessageWire wire;
  private @Nullable ConnectionFailure failure;
  private boolean retired;
  private long answers;
  private @Nullable ScheduledFuture<?> idleTimer;

  private StreamConnection(EventLoop loop, UpstreamServer server, StreamConnections owner) {
    this.loop = loop;
    this.server = server;
    this.owner = owner;
    this.timings = owner.timings();
    this.metrics = owner.metrics();
    this.pending = new PendingIds(8, owner.random());
  }

  /** Begins to connect; closed at once when there is no way to the server. */
  static StreamConnection open(EventLoop loop, UpstreamServer server, StreamConnections owner) {
    StreamConnection connection = new StreamConnection(loop, server, owner);
    owner.bootstrap().resolve(server, connection::onResolved);
    return connection;
  }

  private void onResolved(@Nullable InetSocketAddress address) {
    if (state != State.RESOLVING) {
      return;
    }
    if (address == null) {
      fail(ConnectionFailure.unreachable("the bootstrap servers do not know this name"));
      return;
    }
    state = State.CONNECTING;
    try {
      connect(address);
    } catch (ChannelException e) {
      metrics.socketFailures.increment();
      fail(ConnectionFailure.unreachable("no socket: " + e.getMessage()));
    }
  }

  private void connect(InetSocketAddress address) {
    EpollSocketChannel opened =
        new EpollSocketChannel(
            address.getAddress() instanceof Inet4Address
                ? SocketProtocolFamily.INET
                : SocketProtocolFamily.INET6);
    channel = opened;
    opened.config().setConnectTimeoutMillis(timings.tcpConnectMillis());
    TlsClient tls = server.tls();
    if (tls != null) {
      opened
          .pipeline()
          .addLast(tls.handler(opened.alloc(), server.endpoint(), timings.tcpConnectMillis()))
          .addLast(new HandshakeEnd(this));
    }
    loop.register(opened);
    opened.closeFuture().addListener(closed -> onClosed());
    opened.connect(address).addListener(this::onConnected);
  }

  private void onConnected(Future<? super Void> connected) {
    EpollSocketChannel made = channel;
    if (!connected.isSuccess()) {
      Throwable cause = connected.cause();
      fail(ConnectionFailure.unreachable(String.valueOf(cause == null ? "" : cause.getMessage())));
    } else if (made != null && !server.isEncrypted()) {
      onOpen(FramedWire.install(this, made));
    }
  }

  /**
   * TLS is set up and the certificate is the server's.
   *
   * @param protocol what both sides chose by ALPN, null for nothing
   */
  void onHandshake(Channel secured, @Nullable String protocol) {
    switch (server.endpoint().protocol()) {
      case HTTPS -> {
        if ("h2".equals(protocol)) {
          Http2Wire.install(this, secured, server.endpoint());
        } else if ("http/1.1".equals(protocol)) {
          onOpen(Http1Wire.install(this, secured, server.endpoint()));
        } else {
          fail(
              ConnectionFailure.tls(
                  "the server chose no protocol by ALPN, so it hardly speaks HTTP/2 here"));
        }
      }
      default -> onOpen(FramedWire.install(this, secured));
    }
  }

  /** The wire may be used; to be told more than once does no harm. */
  void onReady(MessageWire ready) {
    onOpen(ready);
  }

  private void onOpen(MessageWire opened) {
    EpollSocketChannel made = channel;
    if (state != State.CONNECTING || made == null) {
      return;
    }
    state = State.OPEN;
    wire = opened;
    owner.onOpen(server);
    owner.ownSockets().addTcp(made.localAddress());
    for (int id : pending.ids()) {
      Attempt attempt = pending.get(id);
      if (attempt != null) {
        send(opened, id, attempt.message());
      }
    }
    made.flush();
  }

  private void send(MessageWire open, int id, ByteBuf message) {
    metrics.tcpSent.increment();
    open.send(id, message);
  }

  /** Whether another query may go over it. */
  boolean takesQueries() {
    return state != State.CLOSED && !retired && !pending.isFull();
  }

  /** Whether queries leave at once. */
  boolean isOpen() {
    return state == State.OPEN;
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
    if (wire != null && channel != null) {
      send(wire, id, attempt.message());
      channel.flush();
    }
    return id;
  }

  /** Nobody waits for this ID any longer; {@code answered} with its answer. */
  void forget(int id) {
    pending.remove(id);
    if (wire != null && channel != null && state == State.OPEN) {
      wire.cancel(id);
    }
    rest();
  }

  private void rest() {
    if (state == State.CLOSED || !pending.isEmpty()) {
      return;
    }
    if (retired) {
      close();
    } else {
      startIdleTimer();
    }
  }

  /** Takes no more queries. */
  void retire() {
    retired = true;
    if (pending.isEmpty()) {
      close();
    }
  }

  private void startIdleTimer() {
    cancelIdleTimer();
    idleTimer = loop.schedule(this::retire, timings.tcpIdleMillis(), TimeUnit.MILLISECONDS);
  }

  private void cancelIdleTimer() {
    if (idleTimer != null) {
      idleTimer.cancel(false);
      idleTimer = null;
    }
  }

  /** A message came with this ID, or with none; borrows it. */
  void onMessage(int id, ByteBuf message) {
    Attempt attempt = pending.get(id);
    if (attempt != null && attempt.isAnswer(message)) {
      answers++;
      attempt.onStreamAnswer(message);
    } else if (!pending.isEmpty()) {
      metrics.spoofNearMiss.increment();
    }
  }

  /** The answer to the exchange of this ID came; borrows it. */
  void onExchanged(int id, ByteBuf message) {
    Attempt attempt = pending.get(id);
    if (attempt == null) {
      return;
    }
    if (attempt.isAnswer(message)) {
      answers++;
      attempt.onStreamAnswer(message);
    } else {
      onExchangeFailed(id, ConnectionFailure.http("the answer is not to our question"));
    }
  }

  /** This query gets no answer; the connection goes on. */
  void onExchangeFailed(int id, ConnectionFailure reason) {
    Attempt attempt = pending.get(id);
    if (attempt != null) {
      pending.remove(id);
      server.report(reason, owner.now());
      attempt.onStreamFailed(reason);
      rest();
    }
  }

  /** TLS was not set up, or reading failed. */
  void onException(Throwable cause) {
    boolean expected =
        cause instanceof IOException
            || cause instanceof DecoderException
            || cause instanceof Http2Exception;
    if (!expected) {
      metrics.bugs.increment();
      LOG.error("bug while reading from an upstream connection, it is closed", cause);
    }
    fail(TlsDiagnosis.of(cause));
  }

  private void fail(ConnectionFailure reason) {
    if (failure == null) {
      failure = reason;
    }
    close();
  }

  private void onClosed() {
    if (state == State.CLOSED) {
      return;
    }
    boolean wasOpen = state == State.OPEN;
    if (wasOpen && channel != null) {
      owner.ownSockets().removeTcp(channel.localAddress());
    }
    state = State.CLOSED;
    wire = null;
    cancelIdleTimer();
    ConnectionFailure reason =
        failure == null ? ConnectionFailure.unreachable("connection closed") : failure;
    if (!wasOpen) {
      reason = owner.onRefused(server, reason);
    }
    owner.onClosed();
    if (failure != null) {
      server.report(reason, owner.now());
    }
    for (Attempt attempt : pending.all()) {
      attempt.onStreamFailed(reason);
    }
  }

  void close() {
    if (channel == null) {
      onClosed();
    } else {
      channel.close();
    }
  }
}
