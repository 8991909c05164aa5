package io.dotp.dns.upstream;

import io.dotp.config.UpstreamEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;

/**
 * DNS over HTTP/1.1, for servers that choose it by ALPN: requests are pipelined, answers come in
 * their order (RFC 9112 section 9.3.2). Thread: the connection's loop.
 */
final class Http1Wire extends SimpleChannelInboundHandler<FullHttpResponse> implements MessageWire {
  private static final int LARGEST_MESSAGE = 0xffff;

  private final StreamConnection connection;
  private final Channel channel;
  private final UpstreamEndpoint endpoint;
  private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();

  /** A request's place in the order; without an ID when nobody waits for its answer any longer. */
  private static final class Exchange {
    private int id;

    Exchange(int id) {
      this.id = id;
    }
  }

  private Http1Wire(StreamConnection connection, Channel channel, UpstreamEndpoint endpoint) {
    this.connection = connection;
    this.channel = channel;
    this.endpoint = endpoint;
  }

  static Http1Wire install(
      StreamConnection connection, Channel channel, UpstreamEndpoint endpoint) {
    Http1Wire wire = new Http1Wire(connection, channel, endpoint);
    channel
        .pipeline()
        .addLast(new HttpClientCodec())
        .addLast(new HttpObjectAggregator(LARGEST_MESSAGE))
        .addLast(wire);
    return wire;
  }

  @Override
  public void send(int id, ByteBuf message) {
    ByteBuf body = channel.alloc().directBuffer(message.readableBytes());
    body.writeBytes(message, message.readerIndex(), message.readableBytes());
    body.setShort(0, 0);
    DefaultFullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, endpoint.path(), body);
    request
        .headers()
        .set(HttpHeaderNames.HOST, HttpAnswer.authority(endpoint))
        .set(HttpHeaderNames.ACCEPT, HttpAnswer.DNS_MESSAGE)
        .set(HttpHeaderNames.CONTENT_TYPE, HttpAnswer.DNS_MESSAGE)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    waiting.add(new Exchange(id));
    channel.write(request);
  }

  /** The answer still has its place in the order. */
  @Override
  public void cancel(int id) {
    for (Exchange each : waiting) {
      if (each.id == id) {
        each.id = StreamConnection.NO_ID;
      }
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
    if (!HttpUtil.isKeepAlive(response)) {
      connection.retire();
    }
    Exchange exchange = waiting.poll();
    if (exchange == null || exchange.id == StreamConnection.NO_ID) {
      return;
    }
    int id = exchange.id;
    exchange.id = StreamConnection.NO_ID;
    HttpAnswer answer =
        new HttpAnswer(
            response.status().codeAsText().toString(),
            response.headers().get(HttpHeaderNames.CONTENT_TYPE));
    answer.add(response.content());
    ConnectionFailure failure = answer.failure();
    try {
      if (failure == null) {
        connection.onExchanged(id, answer.body());
      } else {
        connection.onExchangeFailed(id, failure);
      }
    } finally {
      answer.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.onException(cause);
  }
}
