package io.dotp.dns.server;

import io.dotp.net.ControlDatagramSocket;
import io.dotp.net.LocalAddress;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** Back through the socket that the query came to, from the address that it was sent to. */
record UdpReplyPath(ControlDatagramSocket socket, InetSocketAddress client, LocalAddress asked)
    implements ReplyPath {
  @Override
  public boolean isStream() {
    return false;
  }

  @Override
  public void send(ByteBuf message) {
    socket.send(message, client, asked);
  }
}
