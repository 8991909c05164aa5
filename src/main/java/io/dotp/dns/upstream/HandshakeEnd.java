package io.dotp.dns.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/** Tells a connection how its TLS handshake ended. Thread: the connection's loop. */
final class HandshakeEnd extends ChannelInboundHandlerAdapter {
  private final StreamConnection connection;

  HandshakeEnd(StreamConnection connection) {
    this.connection = connection;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent end) {
      if (end.isSuccess()) {
        String protocol = context.pipeline().get(SslHandler.class).applicationProtocol();
        connection.onHandshake(context.channel(), protocol);
      } else {
        connection.onException(end.cause());
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.onException(cause);
  }
}
