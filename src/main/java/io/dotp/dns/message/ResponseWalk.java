package io.dotp.dns.message;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DnsRecordType;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One pass over an upstream response, before anything in it is believed: structure, owners in the
 * alias chain of the question, and whether a listed name is mentioned. Time is linear in the length
 * of the message; nothing is allocated but the result.
 *
 * <p>Thread: owned by one loop. Source: RFC 1035 section 4.1, RFC 2181 section 5, RFC 6672.
 */
public final class ResponseWalk {
  /** TYPE, CLASS, TTL and RDLENGTH. */
  static final int RECORD_FIXED = 10;

  private static final int CLASS_IN = 1;
  private static final int CLASS_ANY = 255;
  private static final int SVCB = 64;
  private static final int HTTPS = 65;
  private static final int A = DnsRecordType.A.intValue();
  private static final int NS = DnsRecordType.NS.intValue();
  private static final int CNAME = DnsRecordType.CNAME.intValue();
  private static final int SOA = DnsRecordType.SOA.intValue();
  private static final int PTR = DnsRecordType.PTR.intValue();
  private static final int MX = DnsRecordType.MX.intValue();
  private static final int AAAA = DnsRecordType.AAAA.intValue();
  private static final int SRV = DnsRecordType.SRV.intValue();
  private static final int DNAME = DnsRecordType.DNAME.intValue();
  private static final int OPT = DnsRecordType.OPT.intValue();

  private final WireName owner = new WireName();
  private final WireName target = new WireName();
  private final AliasChain chain = new AliasChain();
  private ByteBuf message = Unpooled.EMPTY_BUFFER;
  private Predicate<WireName> isListed = ResponseWalk::nothing;
  private int base;
  private int length;
  private int questionClass;
  private int optOffset;
  private int optLength;
  private int extendedRcode;
  private boolean listed;
  private int lastOwnerPointer;

  /** The three sections that hold records. */
  private enum Section {
    ANSWER,
    AUTHORITY,
    ADDITIONAL
  }

  /**
   * Borrows {@code response}, whose question is known to be ours.
   *
   * @param matcher whether any route lists a name
   * @return null when the body is malformed
   */
  public @Nullable ResponseFacts walk(ByteBuf response, Predicate<WireName> matcher) {
    message = response;
    isListed = matcher;
    base = response.readerIndex();
    length = response.readableBytes();
    optOffset = -1;
    optLength = 0;
    extendedRcode = 0;
    listed = false;
    lastOwnerPointer = -1;
    ResponseFacts facts = message();
    message = Unpooled.EMPTY_BUFFER;
    isListed = ResponseWalk::nothing;
    return facts;
  }

  private static boolean nothing(WireName name) {
    return false;
  }

  private @Nullable ResponseFacts message() {
    if (length < QueryView.HEADER_LENGTH || unsignedShort(4) != 1) {
      return null;
    }
    int at = readName(QueryView.HEADER_LENGTH, length, owner);
    if (at == NameReader.MALFORMED || at + 4 > length) {
      return null;
    }
    questionClass = unsignedShort(at + 2);
    int questionEnd = at + 4;
    noteListed(owner, questionClass);
    chain.begin(owner);
    int end = sections(questionEnd);
    if (end == NameReader.MALFORMED) {
      return null;
    }
    int rcode = extendedRcode << 4 | unsignedShort(2) & 0xf;
    return new ResponseFacts(end, questionEnd, rcode, optOffset, optLength, listed);
  }

  private int sections(int from) {
    int answers = unsignedShort(6);
    int at = records(from, answers, Section.ANSWER);
    if (at == NameReader.MALFORMED || !answersBelong(from, answers)) {
      return NameReader.MALFORMED;
    }
    at = records(at, unsignedShort(8), Section.AUTHORITY);
    return at == NameReader.MALFORMED ? at : records(at, unsignedShort(10), Section.ADDITIONAL);
  }

  private int records(int from, int count, Section section) {
    int at = from;
    for (int i = 0; i < count && at != NameReader.MALFORMED; i++) {
      at = record(at, section);
    }
    return at;
  }

  /** Where the record that begins at {@code at} ends. */
  private int record(int at, Section section) {
    int pointer = pointerAt(at);
    boolean known = pointer >= 0 && pointer == lastOwnerPointer;
    int behind = known ? at + 2 : readName(at, length, owner);
    if (behind == NameReader.MALFORMED || behind + RECORD_FIXED > length) {
      return NameReader.MALFORMED;
    }
    int data = behind + RECORD_FIXED;
    int next = data + unsignedShort(behind + 8);
    if (next > length) {
      return NameReader.MALFORMED;
    }
    int type = unsignedShort(behind);
    if (type == OPT) {
      return section == Section.ADDITIONAL && takeOpt(at, behind, next)
          ? next
          : NameReader.MALFORMED;
    }
    int recordClass = unsignedShort(behind + 2);
    boolean foreignClass = recordClass != questionClass && questionClass != CLASS_ANY;
    if (section == Section.ANSWER && foreignClass || !dataFits(type, recordClass, data, next)) {
      return NameReader.MALFORMED;
    }
    if (!known) {
      noteListed(owner, recordClass);
      // Most owners are a pointer to the one before, which the matcher has seen by then.
      lastOwnerPointer = recordClass == CLASS_IN ? pointer : -1;
    }
    if (section == Section.ANSWER && (type == CNAME || type == DNAME)) {
      chain.addAlias(at, data, type == DNAME);
    }
    return next;
  }

  /** Only names of the internet can be steered. */
  private void noteListed(WireName name, int nameClass) {
    boolean steerable = nameClass == CLASS_IN || nameClass == CLASS_ANY;
    listed = listed || steerable && isListed.test(name);
  }

  private boolean takeOpt(int at, int behind, int next) {
    boolean onlyOneOfRoot = optOffset < 0 && behind == at + 1;
    optOffset = at;
    optLength = next - at;
    extendedRcode = message.getUnsignedByte(base + behind + 4);
    return onlyOneOfRoot;
  }

  private boolean dataFits(int type, int recordClass, int data, int next) {
    if (type == A || type == AAAA) {
      return recordClass != CLASS_IN || next - data == (type == A ? 4 : 16);
    }
    if (type == CNAME || type == DNAME) {
      boolean fits = readName(data, next, target) == next;
      if (fits) {
        noteListed(target, recordClass);
      }
      return fits;
    }
    if (type == SVCB || type == HTTPS) {
      boolean fits = readName(data + 2, next, target) != NameReader.MALFORMED;
      if (fits && target.length() > 1) {
        noteListed(target, recordClass);
      }
      return fits;
    }
    return namesFit(type, data, next);
  }

  /**
   * Names inside the data of the old types may be compressed; they have to be names all the same.
   */
  private boolean namesFit(int type, int data, int next) {
    if (type == NS || type == PTR) {
      return readName(data, next, target) == next;
    }
    if (type == MX) {
      return readName(data + 2, next, target) == next;
    }
    if (type == SRV) {
      return readName(data + 6, next, target) == next;
    }
    if (type == SOA) {
      int second = readName(data, next, target);
      return second != NameReader.MALFORMED && readName(second, next, target) == next - 20;
    }
    return true;
  }

  /** A record of another owner than the question's chain has is no answer to it. */
  private boolean answersBelong(int from, int count) {
    chain.close(message, base, length);
    int at = from;
    int allowedPointer = QueryView.HEADER_LENGTH;
    for (int i = 0; i < count; i++) {
      int pointer = pointerAt(at);
      int behind = at + 2;
      if (pointer < 0 || pointer != allowedPointer) {
        behind = readName(at, length, owner);
        if (!chain.allows(owner)) {
          return false;
        }
        allowedPointer = pointer;
      }
      at = behind + RECORD_FIXED + unsignedShort(behind + 8);
    }
    return true;
  }

  /** Where the name that begins at {@code at} leads if it is nothing but a pointer, else -1. */
  private int pointerAt(int at) {
    int word = at + 2 > length ? 0 : unsignedShort(at);
    return word >= 0xc000 ? word & 0x3fff : -1;
  }

  private int readName(int at, int end, WireName into) {
    return NameReader.read(message, base, at, end, into);
  }

  private int unsignedShort(int offset) {
    return message.getUnsignedShort(base + offset);
  }
}
