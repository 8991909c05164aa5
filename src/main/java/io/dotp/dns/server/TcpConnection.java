package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection, RFC 7766: queries may be pipelined and answers come when they are ready. A
 * client that has shut down its sending side still gets its answers; then we close.
 */
final class TcpConnection extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);

  private static final long IDLE_SECONDS = 10;

  /** Queries of one connection that are answered at the same time; more wait for their turn. */
  private static final int MOST_UNANSWERED = 100;

  private final QueryHandler queries;
  private final InetSocketAddress client;
  private final UnsentBytes unsent;
  private final DnsMetrics metrics;

  /** Queries that were read but have to wait; no more are read meanwhile. */
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();

  private ChannelHandlerContext context;
  private @Nullable ScheduledFuture<?> idleTimer;
  private int unanswered;
  private boolean inputEnded;

  @SuppressWarnings("NullAway.Init") // the context is set before the first byte can arrive
  TcpConnection(
      QueryHandler queries,
      InetSocketAddress client,
      UnsentBytes.Budget budget,
      DnsMetrics metrics) {
    this.queries = queries;
    this.client = client;
    this.unsent = new UnsentBytes(budget);
    this.metrics = metrics;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    restartIdleTimer();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext unused, ByteBuf message) {
    metrics.tcpQueries.increment();
    restartIdleTimer();
    if (unanswered < MOST_UNANSWERED && waiting.isEmpty()) {
      ask(message);
    } else {
      waiting.add(message.retain());
      readWhileWelcome();
    }
  }

  private void ask(ByteBuf message) {
    unanswered++;
    if (!queries.handle(message, new TcpReplyPath(this, client))) {
      // No query at all: whoever sends that over a connection is not worth keeping (RFC 7766, 8).
      context.close();
    }
  }

  private void askWaiting() {
    while (unanswered < MOST_UNANSWERED && !waiting.isEmpty()) {
      ByteBuf message = waiting.remove();
      try {
        ask(message);
      } finally {
        message.release();
      }
    }
    readWhileWelcome();
  }

  /** Sends one answer; every query taken in gets exactly one. */
  void reply(ByteBuf message) {
    unanswered--;
    int bytes = message.readableBytes();
    if (!context.channel().isActive() || !unsent.add(bytes)) {
      // Gone, or a client that asks and does not read: what it leaves lying is memory of ours.
      message.release();
      metrics.writeErrors.increment();
      context.close();
      return;
    }
    restartIdleTimer();
    ByteBuf length = context.alloc().buffer(2).writeShort(bytes);
    context.write(length);
    context
        .writeAndFlush(message)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  unsent.remove(bytes);
                  if (!written.isSuccess()) {
                    metrics.writeErrors.increment();
                  }
                });
    if (!waiting.isEmpty()) {
      // Not from within: an answer that is there at once would ask the next query ever deeper.
      context.executor().execute(this::askWaiting);
    }
    closeWhenDone();
  }

  /** While a client does not read its answers we do not read its queries. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    readWhileWelcome();
  }

  private void readWhileWelcome() {
    context.channel().config().setAutoRead(waiting.isEmpty() && context.channel().isWritable());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext unused, Object event) {
    if (event == ChannelInputShutdownReadComplete.INSTANCE) {
      inputEnded = true;
      closeWhenDone();
    }
  }

  private void closeWhenDone() {
    if (inputEnded && unanswered == 0 && waiting.isEmpty()) {
      // An empty write completes after all that was written before it.
      context.writeAndFlush(context.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void restartIdleTimer() {
    ScheduledFuture<?> running = idleTimer;
    if (running != null) {
      running.cancel(false);
    }
    idleTimer = context.executor().schedule(this::onIdle, IDLE_SECONDS, TimeUnit.SECONDS);
  }

  private void onIdle() {
    metrics.tcpIdleClosed.increment();
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext unused) {
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    ScheduledFuture<?> running = idleTimer;
    if (running != null) {
      running.cancel(false);
    }
  }

  /** Resets, and frames that no decoder can make sense of. */
  @Override
  public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
    LOG.debug("tcp connection closed reason=\"{}\"", cause.toString());
    failed.close();
  }
}
