package io.dotp.dns.server;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** The way back to one client. Thread: the loop of its listener. */
interface ReplyPath {
  InetSocketAddress client();

  /** Whether a reply may be as long as a message can be; over UDP the client's size counts. */
  boolean isStream();

  /** Sends; owns {@code message}. A path that is gone drops it. */
  void send(ByteBuf message);
}
