package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;

/** Makes message objects of bytes that {@link ResponseWalk} has found sound. */
public final class MessageDecoder {
  private static final Logger LOG = LoggerFactory.getLogger(MessageDecoder.class);

  private MessageDecoder() {}

  /**
   * Borrows {@code response}, whose question is that of {@code client} but for the case of letters:
   * the client's letters are put in first, so that names that point to the question have them too.
   *
   * @return null when the data of a record cannot be understood, whose meaning is then unknown
   */
  public static @Nullable Message decode(
      ByteBuf response, ResponseFacts facts, ClientQuestion client) {
    byte[] bytes = bytes(response, facts);
    client.restoreIn(bytes);
    return decode(bytes);
  }

  /**
   * The same with the letters that the upstream has sent, and with less trust: an HTTPS or SVCB
   * record whose data breaks RFC 9460 section 2.2 has its type, but no data and no class of its
   * own.
   */
  public static @Nullable Message decode(ByteBuf response, ResponseFacts facts) {
    byte[] bytes = bytes(response, facts);
    UnreadableServices unreadable = UnreadableServices.disarm(bytes, facts.questionEnd());
    Message message = decode(bytes);
    if (message != null && !unreadable.isEmpty()) {
      unreadable.replaceIn(message);
    }
    return message;
  }

  private static byte[] bytes(ByteBuf response, ResponseFacts facts) {
    byte[] bytes = new byte[facts.end()];
    response.getBytes(response.readerIndex(), bytes);
    return bytes;
  }

  private static @Nullable Message decode(byte[] bytes) {
    try {
      return new Message(bytes);
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("response unreadable reason=\"{}\"", e.getMessage());
      return null;
    }
  }
}
