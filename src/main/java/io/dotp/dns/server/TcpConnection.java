package io.dotp.dns.server;

import io.dotp.metrics.DnsMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection, RFC 7766: queries may be pipelined and answers come when they are ready. A
 * client that has shut down its sending side still gets its answers; then we close.
 */
final class TcpConnection extends SimpleChannelInboundHandler<ByteBuf> {
  private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);

  /** Queries of one connection that are answered at the same time; more wait for their turn. */
  static final int MOST_UNANSWERED = 100;

  /** Queries that one connection may ask in its life. */
  static final int MOST_QUERIES = 1_000;

  /** Answers of one turn of the loop leave together, unless they are many. */
  private static final int FLUSH_BYTES = 16 * 1024;

  /*
   * I1. Every query taken in is asked or waits, and gets one answer; `unanswered` counts the asked.
   * I2. No more is read while a query waits or the client leaves answers lying, so what waits is at
   *     most what one read brought.
   * I3. An answer never asks the next query from within: that would nest ever deeper.
   * I4. The place is busy from the first byte of a query's handling until its answer is taken; only
   *     an idle one is given away, so nobody loses an answer to a newcomer.
   */
  private final QueryHandler queries;
  private final InetSocketAddress client;
  private final MessageFraming framing;
  private final ConnectionLimits.Place place;
  private final UnsentBytes unsent;
  private final DnsMetrics metrics;
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
  private final Runnable endTurn = this::endTurn;

  private ChannelHandlerContext context;
  private ConnectionClock clock;
  private int taken;
  private int unanswered;
  private boolean turnEndScheduled;
  private boolean inputEnded;
  private boolean ending;

  @SuppressWarnings("NullAway.Init") // context and clock are set before the first byte can arrive
  TcpConnection(
      QueryHandler queries,
      InetSocketAddress client,
      MessageFraming framing,
      ConnectionLimits.Place place,
      UnsentBytes.Budget budget,
      DnsMetrics metrics) {
    this.queries = queries;
    this.client = client;
    this.framing = framing;
    this.place = place;
    this.unsent = new UnsentBytes(budget);
    this.metrics = metrics;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    clock = new ConnectionClock(added.executor(), this::close, metrics);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext unused, ByteBuf message) {
    clock.messageComplete();
    if (taken == MOST_QUERIES || ending || !place.markBusy()) {
      return;
    }
    metrics.tcpQueries.increment();
    taken++;
    clock.busy();
    if (mayAsk() && waiting.isEmpty()) {
      ask(message);
    } else {
      waiting.add(message.retain());
      readWhileWelcome();
    }
    if (taken == MOST_QUERIES) {
      metrics.tcpUsedUp.increment();
    }
    settle();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext unused) {
    if (framing.holdsPart() && context.channel().config().isAutoRead()) {
      clock.messageBegun();
    }
  }

  private boolean mayAsk() {
    return unanswered < MOST_UNANSWERED && context.channel().isWritable();
  }

  private void ask(ByteBuf message) {
    unanswered++;
    if (!queries.handle(message, new TcpReplyPath(this, client))) {
      // No query at all: whoever sends that over a connection is not worth keeping (RFC 7766, 8).
      context.close();
    }
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
    clock.wrote();
    context.write(context.alloc().buffer(2).writeShort(bytes));
    context
        .write(message)
        .addListener((ChannelFutureListener) written -> onWritten(bytes, written));
    if (unsent.held() >= FLUSH_BYTES) {
      context.flush();
    }
    scheduleTurnEnd();
  }

  private void onWritten(int bytes, ChannelFuture written) {
    unsent.remove(bytes);
    if (!written.isSuccess()) {
      metrics.writeErrors.increment();
      return;
    }
    clock.drained(unsent.held() == 0);
    settle();
  }

  private void scheduleTurnEnd() {
    if (!turnEndScheduled) {
      turnEndScheduled = true;
      context.executor().execute(endTurn);
    }
  }

  /** What answers leave to be done, outside of them (I3). */
  private void endTurn() {
    turnEndScheduled = false;
    context.flush();
    while (mayAsk() && !waiting.isEmpty()) {
      ByteBuf message = waiting.remove();
      try {
        ask(message);
      } finally {
        message.release();
      }
    }
    readWhileWelcome();
    settle();
  }

  /** While a client does not read its answers we do not read its queries. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    scheduleTurnEnd();
  }

  private void readWhileWelcome() {
    boolean welcome = waiting.isEmpty() && context.channel().isWritable();
    if (welcome == context.channel().config().isAutoRead()) {
      return;
    }
    context.channel().config().setAutoRead(welcome);
    if (!welcome) {
      // A part of a message that we do not read on is not its client's fault.
      clock.messageComplete();
    } else if (framing.holdsPart()) {
      clock.messageBegun();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext unused, Object event) {
    if (event == ChannelInputShutdownReadComplete.INSTANCE) {
      inputEnded = true;
      clock.messageComplete();
      if (ending) {
        context.close();
      }
      settle();
    }
  }

  /** Looks whether all is done. */
  private void settle() {
    if (unanswered > 0 || !waiting.isEmpty() || unsent.held() > 0) {
      return;
    }
    place.markIdle(clock.now());
    clock.idle();
    if (!ending && (inputEnded || taken == MOST_QUERIES)) {
      ending = true;
      end();
    }
  }

  /**
   * Closing with queries unread would reset the connection and might take answers from the client
   * that it has not read, so the sending side goes first and what still comes is thrown away.
   */
  private void end() {
    if (!inputEnded && context.channel() instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
      clock.linger();
    } else {
      context.close();
    }
  }

  private void close() {
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext unused) {
    waiting.forEach(ByteBuf::release);
    waiting.clear();
    clock.stop();
  }

  /** Resets, and frames that no decoder can make sense of. */
  @Override
  public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
    LOG.debug("tcp connection closed reason=\"{}\"", cause.toString());
    failed.close();
  }
}
