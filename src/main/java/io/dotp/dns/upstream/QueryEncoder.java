package io.dotp.dns.upstream;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.dns.DnsRecordType;

/** Writes queries: header, question in letters of random case, our OPT. Thread: one loop. */
final class QueryEncoder {
  static final int HEADER_LENGTH = 12;

  /** Type and class behind the question's name. */
  static final int TYPE_AND_CLASS = 4;

  /** What we can take over UDP (DNS flag day 2020). */
  private static final int UDP_SIZE = 1232;

  private static final int FLAG_RD = 0x0100;
  private static final int FLAG_AD = 0x0020;
  private static final int FLAG_CD = 0x0010;
  private static final int DNSSEC_OK = 0x8000;
  private static final int OPT_LENGTH = 11;
  private static final int OPT_DATA_LENGTH = 2;
  private static final int OPTION_HEADER = 4;
  private static final int PADDING = 12;
  private static final int PADDING_BLOCK = 128;
  private static final int ADDITIONAL_COUNT = 10;
  private static final int LETTER_CASE = 0x20;

  private final RandomBits random;
  private final ByteBufAllocator allocator;
  private final byte[] name = new byte[WireName.MAX_LENGTH];

  QueryEncoder(RandomBits random, ByteBufAllocator allocator) {
    this.random = random;
    this.allocator = allocator;
  }

  /**
   * Encodes with ID 0: the socket or connection gives it. AD says that we understand that bit in
   * the answer (RFC 6840 section 5.7).
   *
   * @param mixCase whether letters get a random case (draft-vixie-dnsext-dns0x20)
   * @return owned by the caller
   */
  ByteBuf encode(UpstreamQuery query, boolean mixCase) {
    int nameLength = query.name().copyTo(name, 0);
    if (mixCase) {
      mixCase(nameLength);
    }
    int length = HEADER_LENGTH + nameLength + TYPE_AND_CLASS + OPT_LENGTH;
    ByteBuf message = allocator.directBuffer(length, length);
    int flags =
        FLAG_AD
            | (query.recursionDesired() ? FLAG_RD : 0)
            | (query.checkingDisabled() ? FLAG_CD : 0);
    message.writeShort(0).writeShort(flags);
    message.writeShort(1).writeShort(0).writeShort(0).writeShort(1);
    message.writeBytes(name, 0, nameLength).writeShort(query.qtype()).writeShort(query.qclass());
    message.writeByte(0).writeShort(DnsRecordType.OPT.intValue()).writeShort(UDP_SIZE);
    message.writeShort(0).writeShort(query.dnssecOk() ? DNSSEC_OK : 0).writeShort(0);
    return message;
  }

  /**
   * Pads to the block that RFC 8467 section 4.1 recommends, for a way on which only lengths can be
   * seen.
   *
   * @param query ends with our OPT record; borrowed
   * @return owned by the caller
   */
  ByteBuf pad(ByteBuf query) {
    int length = query.readableBytes();
    int filler = Math.floorMod(-(length + OPTION_HEADER), PADDING_BLOCK);
    ByteBuf padded = allocator.directBuffer(length + OPTION_HEADER + filler);
    padded.writeBytes(query, query.readerIndex(), length);
    padded.setShort(length - OPT_DATA_LENGTH, OPTION_HEADER + filler);
    return padded.writeShort(PADDING).writeShort(filler).writeZero(filler);
  }

  /**
   * The same query, letters included, for a server that does not know EDNS.
   *
   * @param query borrowed
   * @param questionLength of name, type and class
   * @return owned by the caller
   */
  ByteBuf withoutEdns(ByteBuf query, int questionLength) {
    int length = HEADER_LENGTH + questionLength;
    ByteBuf plain = allocator.directBuffer(length, length);
    plain.writeBytes(query, query.readerIndex(), length);
    return plain.setShort(ADDITIONAL_COUNT, 0);
  }

  /** A length byte is at most 63 and so never a letter. */
  private void mixCase(int nameLength) {
    int bits = 0;
    int left = 0;
    for (int i = 0; i < nameLength; i++) {
      if (name[i] >= 'a' && name[i] <= 'z') {
        if (left == 0) {
          bits = random.nextByte();
          left = Byte.SIZE;
        }
        name[i] = (byte) (name[i] ^ (bits & 1) * LETTER_CASE);
        bits >>= 1;
        left--;
      }
    }
  }
}
