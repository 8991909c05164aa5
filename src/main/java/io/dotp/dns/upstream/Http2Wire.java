package io.dotp.dns.upstream;

import io.dotp.config.UpstreamEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DNS over HTTP/2, RFC 8484 sections 4.1 and 5.2: a stream for every query. Queries wait for the
 * server's settings, since it refuses streams above its limit even before that is known; later ones
 * above the limit wait in Netty's encoder. Thread: the connection's loop.
 */
final class Http2Wire extends Http2ChannelDuplexHandler implements MessageWire {
  private final StreamConnection connection;
  private final Channel channel;
  private final UpstreamEndpoint endpoint;
  private final IntObjectHashMap<Exchange> byId = new IntObjectHashMap<>();
  private final Map<Http2FrameStream, Exchange> byStream = new HashMap<>();

  /** One query and its answer. */
  private static final class Exchange {
    private final int id;
    private final Http2FrameStream stream;
    private @Nullable HttpAnswer answer;

    Exchange(int id, Http2FrameStream stream) {
      this.id = id;
      this.stream = stream;
    }
  }

  private Http2Wire(StreamConnection connection, Channel channel, UpstreamEndpoint endpoint) {
    this.connection = connection;
    this.channel = channel;
    this.endpoint = endpoint;
  }

  static void install(StreamConnection connection, Channel channel, UpstreamEndpoint endpoint) {
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forClient()
            .encoderEnforceMaxConcurrentStreams(true)
            .initialSettings(Http2Settings.defaultSettings().pushEnabled(false))
            .build();
    Http2Wire wire = new Http2Wire(connection, channel, endpoint);
    channel.pipeline().addLast(codec).addLast(wire);
    channel.flush();
  }

  @Override
  public void send(int id, ByteBuf message) {
    Exchange exchange = new Exchange(id, newStream());
    byId.put(id, exchange);
    byStream.put(exchange.stream, exchange);
    ByteBuf body = channel.alloc().directBuffer(message.readableBytes());
    body.writeBytes(message, message.readerIndex(), message.readableBytes());
    // RFC 8484 section 4.1: the same ID for all, so that caches see equal requests as equal.
    body.setShort(0, 0);
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme(HttpScheme.HTTPS.name())
            .authority(HttpAnswer.authority(endpoint))
            .path(endpoint.path())
            .set(HttpHeaderNames.ACCEPT, HttpAnswer.DNS_MESSAGE)
            .set(HttpHeaderNames.CONTENT_TYPE, HttpAnswer.DNS_MESSAGE)
            .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
            .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
    channel
        .write(new DefaultHttp2HeadersFrame(headers, false).stream(exchange.stream))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                // No more stream IDs, or the server is going away: another connection may do.
                connection.retire();
                fail(exchange, ConnectionFailure.unreachable("no HTTP/2 stream").orAgain());
              }
            });
    channel.write(new DefaultHttp2DataFrame(body, true).stream(exchange.stream));
  }

  @Override
  public void cancel(int id) {
    Exchange exchange = byId.get(id);
    if (exchange != null) {
      remove(exchange);
      reset(exchange);
    }
  }

  private void reset(Exchange exchange) {
    if (Http2CodecUtil.isStreamIdValid(exchange.stream.id())) {
      channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(exchange.stream));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    try {
      if (frame instanceof Http2HeadersFrame headers) {
        onHeaders(byStream.get(headers.stream()), headers);
      } else if (frame instanceof Http2DataFrame data) {
        onData(byStream.get(data.stream()), data);
      } else if (frame instanceof Http2ResetFrame reset) {
        Exchange exchange = byStream.get(reset.stream());
        if (exchange != null) {
          ConnectionFailure reason =
              ConnectionFailure.unreachable("the server reset the HTTP/2 stream");
          // RFC 9113 section 8.7: what was refused was not looked at.
          boolean refused = reset.errorCode() == Http2Error.REFUSED_STREAM.code();
          fail(exchange, refused ? reason.orAgain() : reason);
        }
      } else if (frame instanceof Http2SettingsFrame) {
        connection.onReady(this);
      } else if (frame instanceof Http2GoAwayFrame) {
        connection.retire();
      }
    } finally {
      ReferenceCountUtil.release(frame);
    }
  }

  private void onHeaders(@Nullable Exchange exchange, Http2HeadersFrame frame) {
    if (exchange == null) {
      return;
    }
    HttpAnswer answer = exchange.answer;
    if (answer == null) {
      String status = String.valueOf(frame.headers().status());
      if (status.startsWith("1")) {
        return;
      }
      answer = new HttpAnswer(status, frame.headers().get(HttpHeaderNames.CONTENT_TYPE));
      exchange.answer = answer;
    }
    proceed(exchange, answer, frame.isEndStream());
  }

  private void onData(@Nullable Exchange exchange, Http2DataFrame frame) {
    if (!frame.isEndStream()) {
      // What is not given back here is given back when the stream closes.
      channel.write(
          new DefaultHttp2WindowUpdateFrame(frame.initialFlowControlledBytes())
              .stream(frame.stream()));
    }
    HttpAnswer answer = exchange == null ? null : exchange.answer;
    if (exchange != null && answer != null) {
      answer.add(frame.content());
      proceed(exchange, answer, frame.isEndStream());
    }
  }

  private void proceed(Exchange exchange, HttpAnswer answer, boolean complete) {
    ConnectionFailure failure = answer.failure();
    if (failure != null) {
      // Removed first: the reset closes the stream, which is news of its own.
      remove(exchange);
      if (!complete) {
        reset(exchange);
      }
      connection.onExchangeFailed(exchange.id, failure);
    } else if (complete) {
      byId.remove(exchange.id);
      byStream.remove(exchange.stream);
      try {
        connection.onExchanged(exchange.id, answer.body());
      } finally {
        answer.release();
      }
    }
  }

  private void fail(Exchange exchange, ConnectionFailure reason) {
    if (byStream.containsKey(exchange.stream)) {
      remove(exchange);
      connection.onExchangeFailed(exchange.id, reason);
    }
  }

  private void remove(Exchange exchange) {
    byId.remove(exchange.id);
    byStream.remove(exchange.stream);
    if (exchange.answer != null) {
      exchange.answer.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
    context.fireChannelReadComplete();
  }

  /** A stream that closes before its answer was complete: the server went away in between. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof Http2FrameStreamEvent change
        && change.stream().state() == Http2Stream.State.CLOSED) {
      Exchange exchange = byStream.get(change.stream());
      if (exchange != null) {
        fail(exchange, ConnectionFailure.unreachable("the HTTP/2 stream was closed").orAgain());
      }
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof Http2FrameStreamException ofStream) {
      Exchange exchange = byStream.get(ofStream.stream());
      if (exchange != null) {
        fail(exchange, ConnectionFailure.http("HTTP/2 stream error: " + ofStream.getMessage()));
      }
    } else {
      connection.onException(cause);
    }
  }

  /** Everybody who waits is told by the connection. */
  @Override
  public void channelInactive(ChannelHandlerContext context) {
    for (Exchange exchange : byStream.values().toArray(new Exchange[0])) {
      remove(exchange);
    }
    context.fireChannelInactive();
  }
}
