package io.dotp.dns.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/** Back through the socket that the query came to. */
record UdpReplyPath(UdpListener listener, InetSocketAddress client) implements ReplyPath {
  @Override
  public boolean isStream() {
    return false;
  }

  @Override
  public void send(ByteBuf message) {
    listener.write(new DatagramPacket(message, client));
  }
}
