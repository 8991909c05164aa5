package io.dotp.dns.message;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsRecordType;

/**
 * What a client asks: a reusable view that is filled from the bytes of one message and valid until
 * the next. Never throws, whatever the bytes are.
 *
 * <p>Thread: owned by one loop. Source: RFC 1035 section 4.1, RFC 6891 section 6.1.
 */
public final class QueryView {
  /** What is to be done with a message. */
  public enum Verdict {
    QUERY,
    /** Shorter than a header, or a response: to be dropped. */
    NOT_A_QUERY,
    FORMERR,
    NOTIMP,
    /** An EDNS version that nobody knows. */
    BADVERS
  }

  /** What is wrong with a message that is {@link Verdict#FORMERR}. */
  public enum Fault {
    NONE,
    QUESTION_COUNT,
    QUESTION,
    RECORDS
  }

  static final int HEADER_LENGTH = 12;
  static final int FLAG_QR = 0x8000;
  static final int FLAG_TC = 0x0200;
  static final int FLAG_RD = 0x0100;
  static final int FLAG_RA = 0x0080;
  static final int FLAG_AD = 0x0020;
  static final int FLAG_CD = 0x0010;

  private static final int OPCODE_MASK = 0x7800;
  private static final int MOST_OPTIONS = 64;
  private static final int LEAST_UDP_SIZE = 512;
  private static final int DNSSEC_OK = 0x8000;

  private final WireName name = new WireName();
  private final WireName scratch = new WireName();
  private int id;
  private int flags;
  private int qtype;
  private int qclass;
  private int questionEnd;
  private Fault fault = Fault.NONE;
  private boolean hasOpt;
  private int udpSize;
  private int optVersion;
  private boolean dnssecOk;

  /** Reads the whole message; borrows it. */
  public Verdict read(ByteBuf message) {
    int base = message.readerIndex();
    int end = message.readableBytes();
    forget();
    if (end < HEADER_LENGTH) {
      return Verdict.NOT_A_QUERY;
    }
    id = message.getUnsignedShort(base);
    flags = message.getUnsignedShort(base + 2);
    if ((flags & FLAG_QR) != 0) {
      return Verdict.NOT_A_QUERY;
    }
    if (opcode() != DnsOpCode.QUERY.byteValue()) {
      // The reply echoes the question and answers an OPT record, if they can be read.
      readBody(message, base, end);
      return Verdict.NOTIMP;
    }
    if (!readBody(message, base, end)) {
      return Verdict.FORMERR;
    }
    if (hasOpt && optVersion != 0) {
      return Verdict.BADVERS;
    }
    return isTransferOrKey() ? Verdict.NOTIMP : Verdict.QUERY;
  }

  private void forget() {
    questionEnd = 0;
    fault = Fault.NONE;
    hasOpt = false;
    udpSize = LEAST_UDP_SIZE;
    optVersion = 0;
    dnssecOk = false;
    qtype = 0;
    qclass = 0;
    name.length(0);
  }

  private boolean readBody(ByteBuf message, int base, int end) {
    int questions = message.getUnsignedShort(base + 4);
    if (questions != 1) {
      skipQuestions(message, base, end, questions);
      fault = Fault.QUESTION_COUNT;
    } else if (!readQuestion(message, base, end)) {
      fault = Fault.QUESTION;
    } else if (!readRecords(message, base, questionEnd, end)) {
      fault = Fault.RECORDS;
    }
    return fault == Fault.NONE;
  }

  /** The reply can say what is wrong only if the OPT record is found. */
  private void skipQuestions(ByteBuf message, int base, int end, int questions) {
    int at = HEADER_LENGTH;
    for (int i = 0; i < questions; i++) {
      int behind = NameReader.read(message, base, at, end, scratch);
      if (behind == NameReader.MALFORMED || behind + 4 > end) {
        return;
      }
      at = behind + 4;
    }
    readRecords(message, base, at, end);
  }

  /** The question's name stands right behind the header, so a pointer in it has nowhere to lead. */
  private boolean readQuestion(ByteBuf message, int base, int end) {
    int behind = NameReader.read(message, base, HEADER_LENGTH, end, name);
    if (behind == NameReader.MALFORMED || behind + 4 > end) {
      name.length(0);
      return false;
    }
    qtype = message.getUnsignedShort(base + behind);
    qclass = message.getUnsignedShort(base + behind + 2);
    questionEnd = behind + 4;
    return true;
  }

  private boolean readRecords(ByteBuf message, int base, int from, int end) {
    int others = message.getUnsignedShort(base + 6) + message.getUnsignedShort(base + 8);
    int all = others + message.getUnsignedShort(base + 10);
    int at = from;
    for (int i = 0; i < all; i++) {
      int behind = NameReader.read(message, base, at, end, scratch);
      if (behind == NameReader.MALFORMED || behind + ResponseWalk.RECORD_FIXED > end) {
        return false;
      }
      int length = message.getUnsignedShort(base + behind + 8);
      int next = behind + ResponseWalk.RECORD_FIXED + length;
      if (next > end) {
        return false;
      }
      if (message.getUnsignedShort(base + behind) == DnsRecordType.OPT.intValue()) {
        boolean misplaced = hasOpt || i < others || scratch.length() != 1;
        if (misplaced || !readOpt(message, base + behind, length)) {
          return false;
        }
      }
      at = next;
    }
    return true;
  }

  /**
   * @param index of the OPT record's type
   */
  private boolean readOpt(ByteBuf message, int index, int length) {
    hasOpt = true;
    udpSize = Math.max(LEAST_UDP_SIZE, message.getUnsignedShort(index + 2));
    optVersion = message.getUnsignedByte(index + 5);
    dnssecOk = (message.getUnsignedShort(index + 6) & DNSSEC_OK) != 0;
    int at = 0;
    int options = 0;
    while (at < length) {
      if (at + 4 > length || ++options > MOST_OPTIONS) {
        return false;
      }
      at += 4 + message.getUnsignedShort(index + 10 + at + 2);
    }
    return at == length;
  }

  private boolean isTransferOrKey() {
    return qtype == DnsRecordType.AXFR.intValue()
        || qtype == DnsRecordType.IXFR.intValue()
        || qtype == DnsRecordType.TKEY.intValue();
  }

  /** What is wrong, after {@link Verdict#FORMERR}. */
  public Fault fault() {
    return fault;
  }

  /** What a reply needs of this query, as a value that may be kept. */
  public ClientQuestion clientQuestion(ByteBuf message) {
    byte[] question = new byte[questionEnd == 0 ? 0 : questionEnd - HEADER_LENGTH];
    message.getBytes(message.readerIndex() + HEADER_LENGTH, question, 0, question.length);
    return new ClientQuestion(id, flags, question, hasOpt, dnssecOk, udpSize);
  }

  public int id() {
    return id;
  }

  public int opcode() {
    return (flags & OPCODE_MASK) >> 11;
  }

  public boolean recursionDesired() {
    return (flags & FLAG_RD) != 0;
  }

  /** The AD bit: the client understands it in a reply, RFC 6840 section 5.7. */
  public boolean authenticData() {
    return (flags & FLAG_AD) != 0;
  }

  public boolean checkingDisabled() {
    return (flags & FLAG_CD) != 0;
  }

  /** QNAME in canonical form; of length 0 when the question could not be read. */
  public WireName name() {
    return name;
  }

  public int qtype() {
    return qtype;
  }

  public int qclass() {
    return qclass;
  }

  /** Offset of the first byte behind the question; 0 when the question could not be read. */
  public int questionEnd() {
    return questionEnd;
  }

  public boolean hasOpt() {
    return hasOpt;
  }

  /** What the client can take over UDP in bytes, at least 512. */
  public int udpSize() {
    return udpSize;
  }

  public int optVersion() {
    return optVersion;
  }

  public boolean dnssecOk() {
    return dnssecOk;
  }
}
