package io.dotp.dns.server;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** Back through the connection that the query came on, in whatever order answers are ready. */
record TcpReplyPath(TcpConnection connection, InetSocketAddress client) implements ReplyPath {
  @Override
  public boolean isStream() {
    return true;
  }

  @Override
  public void send(ByteBuf message) {
    connection.reply(message);
  }
}
