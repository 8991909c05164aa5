package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;

/** Makes message objects of bytes that {@link ResponseWalk} has found sound. */
public final class MessageDecoder {
  private MessageDecoder() {}

  /**
   * Borrows {@code response}.
   *
   * @return null when the data of a record cannot be understood, whose meaning is then unknown
   */
  public static @Nullable Message decode(ByteBuf response, ResponseFacts facts) {
    byte[] bytes = new byte[facts.end()];
    response.getBytes(response.readerIndex(), bytes);
    try {
      return new Message(bytes);
    } catch (IOException e) {
      return null;
    }
  }
}
