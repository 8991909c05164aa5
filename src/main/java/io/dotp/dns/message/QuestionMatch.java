package io.dotp.dns.message;

import io.netty.buffer.ByteBuf;

/**
 * Compares the header and question of what an upstream sent with what it was asked. Bytes are
 * compared, never hashes (CVE-2020-25685).
 */
public final class QuestionMatch {
  /** How a message relates to our query. */
  public enum Result {
    MATCH,
    /** Ours but for the case of letters: not proof enough that it comes from who was asked. */
    CASE_DIFFERS,
    /** Not an answer to our query. */
    FOREIGN
  }

  private static final int QR_AND_OPCODE = 0xf800;
  private static final int RCODE_MASK = 0xf;
  private static final int FORMERR = 1;
  private static final int NOTIMP = 4;

  private QuestionMatch() {}

  /**
   * Borrows both; the ID is compared by who knows it.
   *
   * @param sentQuestion name, type and class as they were sent, the readable bytes
   */
  public static Result of(ByteBuf response, ByteBuf sentQuestion) {
    int base = response.readerIndex();
    int length = sentQuestion.readableBytes();
    if (response.readableBytes() < QueryView.HEADER_LENGTH + length
        || (response.getUnsignedShort(base + 2) & QR_AND_OPCODE) != QueryView.FLAG_QR
        || response.getUnsignedShort(base + 4) != 1) {
      return Result.FOREIGN;
    }
    boolean sameCase = true;
    for (int i = 0; i < length; i++) {
      byte got = response.getByte(base + QueryView.HEADER_LENGTH + i);
      byte sent = sentQuestion.getByte(sentQuestion.readerIndex() + i);
      if (got != sent) {
        if (i >= length - 4 || !isOtherCase(got, sent)) {
          return Result.FOREIGN;
        }
        sameCase = false;
      }
    }
    return sameCase ? Result.MATCH : Result.CASE_DIFFERS;
  }

  /**
   * Whether the message is what a server says that cannot read a query with an OPT record: it need
   * not even return the question (RFC 6891 section 7). Borrows; says nothing about the question.
   */
  public static boolean isRefusalOfEdns(ByteBuf response) {
    int base = response.readerIndex();
    if (response.readableBytes() < QueryView.HEADER_LENGTH) {
      return false;
    }
    int flags = response.getUnsignedShort(base + 2);
    int rcode = flags & RCODE_MASK;
    return (flags & QR_AND_OPCODE) == QueryView.FLAG_QR
        && response.getUnsignedShort(base + 4) == 0
        && (rcode == FORMERR || rcode == NOTIMP);
  }

  /** A length byte is at most 63 and so never a letter. */
  private static boolean isOtherCase(byte one, byte other) {
    int lower = one | 0x20;
    return lower >= 'a' && lower <= 'z' && lower == (other | 0x20);
  }
}
