package io.dotp.control;

import io.dotp.metrics.ControlMetrics;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client, one request at a time: who sends another before the answer has nothing to gain here
 * and is cut off. Thread: the control loop.
 */
final class ControlConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(ControlConnection.class);
  private static final int MOST_PARAMETERS = 8;
  private static final long LOOK_MILLIS = 100;

  /** The native side takes direct buffers only, and nothing is ever put in. */
  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(1);

  private final ControlApi api;
  private final ControlMetrics metrics;
  private final long patienceMillis;
  private @Nullable Future<?> deadline;
  private boolean answering;

  /** Nothing comes any more; a client that has sent its whole request may still read its answer. */
  private boolean inputEnded;

  ControlConnection(ControlApi api, ControlMetrics metrics, long patienceMillis) {
    this.api = api;
    this.metrics = metrics;
    this.patienceMillis = patienceMillis;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    startWaiting(context);
  }

  /** Something has to come, or to be read, in time. */
  private void startWaiting(ChannelHandlerContext context) {
    deadline =
        context
            .executor()
            .schedule(
                () -> {
                  metrics.tooSlow.increment();
                  context.close();
                },
                patienceMillis,
                TimeUnit.MILLISECONDS);
  }

  private void stopWaiting() {
    Future<?> waiting = deadline;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopWaiting();
    context.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownReadComplete.INSTANCE) {
      inputEnded = true;
      closeUnlessWaiting(context);
    }
    context.fireUserEventTriggered(event);
  }

  /**
   * To a client that still reads its answer will go. One that is gone altogether looks the same to
   * epoll, but for an event that does not cease: the loop would turn on it until the answer.
   */
  private void closeUnlessWaiting(ChannelHandlerContext context) {
    if (!answering || isGone(context.channel())) {
      context.close();
      return;
    }
    context
        .executor()
        .schedule(() -> closeUnlessWaiting(context), LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Writing nothing fails when nobody could read it. */
  private static boolean isGone(Channel channel) {
    try {
      ((UnixChannel) channel).fd().write(NOTHING, 0, 0);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
    if (answering) {
      metrics.malformed.increment();
      context.close();
      return;
    }
    answering = true;
    stopWaiting();
    ControlRequest request = message.decoderResult().isSuccess() ? read(message) : null;
    if (request == null) {
      metrics.malformed.increment();
      send(context, ControlAnswer.error(ControlAnswer.BAD_REQUEST, "this is no request"), false);
      return;
    }
    metrics.requests.increment();
    boolean keep = HttpUtil.isKeepAlive(message);
    try {
      api.answer(request)
          .whenComplete(
              (answer, fault) ->
                  context
                      .executor()
                      .execute(() -> send(context, fault == null ? answer : bug(fault), keep)));
    } catch (RuntimeException e) {
      send(context, bug(e), false);
    }
  }

  private static @Nullable ControlRequest read(FullHttpRequest message) {
    try {
      QueryStringDecoder target =
          new QueryStringDecoder(message.uri(), StandardCharsets.UTF_8, true, MOST_PARAMETERS);
      Map<String, String> query = new HashMap<>();
      target.parameters().forEach((name, values) -> query.put(name, values.get(0)));
      return new ControlRequest(message.method().name(), target.path(), query);
    } catch (IllegalArgumentException e) {
      // A broken escape.
      return null;
    }
  }

  private ControlAnswer bug(Throwable fault) {
    if (fault instanceof RejectedExecutionException
        || fault.getCause() instanceof RejectedExecutionException) {
      return ControlAnswer.error(ControlAnswer.STOPPING, "dotp is stopping");
    }
    metrics.bugs.increment();
    LOG.error("bug in a command, it is given up", fault);
    return ControlAnswer.error(ControlAnswer.BUG, "this is a bug: " + fault);
  }

  private void send(ChannelHandlerContext context, ControlAnswer answer, boolean wanted) {
    if (!context.channel().isActive()) {
      return;
    }
    boolean keep = wanted && !inputEnded;
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.copiedBuffer(answer.body(), StandardCharsets.UTF_8));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=utf-8")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(
            HttpHeaderNames.CONNECTION,
            keep ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
    answering = false;
    startWaiting(context);
    context
        .writeAndFlush(response)
        .addListener(keep ? ChannelFutureListener.CLOSE_ON_FAILURE : ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    metrics.malformed.increment();
    LOG.debug("control connection failed reason=\"{}\"", cause.toString());
    context.close();
  }
}
