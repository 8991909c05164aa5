package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.dns.DnsResponseCode;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;

/** Builds what goes to a client: an upstream's bytes put right, or an error. */
public final class Replies {
  private static final int OPCODE_RD_CD = 0x7800 | QueryView.FLAG_RD | QueryView.FLAG_CD;

  /** An OPT record with an Extended DNS Error without text. */
  private static final int ROOM_FOR_OPT = Edns.PLAIN_LENGTH + 6;

  private Replies() {}

  /**
   * The upstream's message with the client's ID and question bytes and an OPT record of ours, cut
   * to {@code maxSize} bytes at an RRset border. Nothing else of it changes but the AD bit towards
   * a client that does not know it (RFC 6840 section 5.8).
   *
   * <p>Owns {@code response} and copies it, because several askers may share one.
   *
   * @param client its question is {@code response}'s but for the case of letters
   */
  public static ByteBuf forward(
      ByteBuf response,
      ResponseFacts facts,
      ClientQuestion client,
      int maxSize,
      ByteBufAllocator allocator) {
    try {
      if (facts.optOffset() >= 0 && !facts.optIsLast()) {
        return reorder(response, facts, client, maxSize, allocator);
      }
      ByteBuf reply = body(response, facts, client, maxSize - optLength(client, null), allocator);
      finish(reply, facts.rcode(), client, null);
      return reply;
    } finally {
      response.release();
    }
  }

  /** The reply to one client as of this moment, made of a response that is kept. */
  public static ByteBuf ofStored(
      StoredResponse response,
      ClientQuestion client,
      Ttls ttls,
      @Nullable Integer ede,
      int maxSize,
      ByteBufAllocator allocator) {
    return response.reply(client, ttls, ede, maxSize, allocator);
  }

  static int optLength(ClientQuestion client, @Nullable Integer ede) {
    return client.hasOpt() ? Edns.length(ede) : 0;
  }

  /** The message without its OPT record, which is the last one; borrows {@code response}. */
  static ByteBuf body(
      ByteBuf response,
      ResponseFacts facts,
      ClientQuestion client,
      int maxSize,
      ByteBufAllocator allocator) {
    int length = facts.end() - facts.optLength();
    if (length > maxSize) {
      return Truncation.cut(response, facts, maxSize, allocator);
    }
    ByteBuf reply = allocator.buffer(length + (client.hasOpt() ? ROOM_FOR_OPT : 0));
    reply.writeBytes(response, response.readerIndex(), length);
    if (facts.optOffset() >= 0) {
      reply.setShort(10, reply.getUnsignedShort(10) - 1);
    }
    return reply;
  }

  /** What must be the client's own: ID, letters of the question, AD, OPT. */
  static void finish(ByteBuf reply, int rcode, ClientQuestion client, @Nullable Integer ede) {
    reply.setShort(0, client.id());
    reply.setBytes(QueryView.HEADER_LENGTH, client.question());
    reply.setShort(2, client.flagsToSend(reply.getUnsignedShort(2), rcode));
    if (client.hasOpt()) {
      Edns.append(reply, rcode, client.dnssecOk(), ede, "");
    }
  }

  /** Records behind the OPT record may point over it, so it cannot be cut out of the bytes. */
  private static ByteBuf reorder(
      ByteBuf response,
      ResponseFacts facts,
      ClientQuestion client,
      int maxSize,
      ByteBufAllocator allocator) {
    Message message = MessageDecoder.decode(response, facts, client);
    return message == null
        ? error(client, DnsResponseCode.SERVFAIL, 0, "upstream answer is unreadable", allocator)
        : MessageEncoder.encode(message, client, null, maxSize, allocator);
  }

  /** An answer without records and without an Extended DNS Error. */
  public static ByteBuf error(
      ClientQuestion client, DnsResponseCode rcode, ByteBufAllocator allocator) {
    return build(client, rcode, null, "", allocator);
  }

  /**
   * An answer without records.
   *
   * @param ede INFO-CODE, sent when the client speaks EDNS
   * @param text EXTRA-TEXT, ASCII
   */
  public static ByteBuf error(
      ClientQuestion client,
      DnsResponseCode rcode,
      int ede,
      String text,
      ByteBufAllocator allocator) {
    return build(client, rcode, ede, text, allocator);
  }

  private static ByteBuf build(
      ClientQuestion client,
      DnsResponseCode rcode,
      @Nullable Integer ede,
      String text,
      ByteBufAllocator allocator) {
    byte[] question = client.question();
    ByteBuf reply = allocator.buffer(QueryView.HEADER_LENGTH + question.length + 64);
    int flags = QueryView.FLAG_QR | client.flags() & OPCODE_RD_CD | QueryView.FLAG_RA;
    reply.writeShort(client.id());
    reply.writeShort(client.flagsToSend(flags, rcode.intValue()));
    reply.writeShort(question.length == 0 ? 0 : 1);
    reply.writeZero(6);
    reply.writeBytes(question);
    if (client.hasOpt()) {
      Edns.append(reply, rcode.intValue(), client.dnssecOk(), ede, text);
    }
    return reply;
  }
}
