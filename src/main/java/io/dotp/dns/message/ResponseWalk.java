package io.dotp.dns.message;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
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
  private static final int RECORD_FIXED = 10;
  private static final int CLASS_IN = 1;
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
  private int questionClass;
  private int optOffset;
  private int optLength;
  private int extendedRcode;
  private boolean listed;
  private int lastOwnerPointer;

  /**
   * Borrows {@code message}, whose question is known to be ours.
   *
   * @param isListed whether any route lists a name
   * @return null when the body is malformed
   */
  public @Nullable ResponseFacts walk(ByteBuf message, Predicate<WireName> isListed) {
    int base = message.readerIndex();
    int length = message.readableBytes();
    optOffset = -1;
    optLength = 0;
    extendedRcode = 0;
    lastOwnerPointer = -1;
    if (length < QueryView.HEADER_LENGTH || message.getUnsignedShort(base + 4) != 1) {
      return null;
    }
    int at = NameReader.read(message, base, QueryView.HEADER_LENGTH, length, owner);
    if (at == NameReader.MALFORMED || at + 4 > length) {
      return null;
    }
    questionClass = message.getUnsignedShort(base + at + 2);
    int questionEnd = at + 4;
    listed = isListed.test(owner);
    chain.begin(owner);
    int end = sections(message, base, questionEnd, length, isListed);
    if (end == NameReader.MALFORMED) {
      return null;
    }
    int rcode = extendedRcode << 4 | message.getUnsignedShort(base + 2) & 0xf;
    return new ResponseFacts(end, questionEnd, rcode, optOffset, optLength, listed);
  }

  private int sections(
      ByteBuf message, int base, int from, int length, Predicate<WireName> isListed) {
    int answers = message.getUnsignedShort(base + 6);
    int authorities = message.getUnsignedShort(base + 8);
    int additionals = message.getUnsignedShort(base + 10);
    int at = records(message, base, from, length, answers, isListed, Section.ANSWER);
    if (at == NameReader.MALFORMED || !answersBelong(message, base, from, length, answers)) {
      return NameReader.MALFORMED;
    }
    at = records(message, base, at, length, authorities, isListed, Section.AUTHORITY);
    if (at == NameReader.MALFORMED) {
      return at;
    }
    return records(message, base, at, length, additionals, isListed, Section.ADDITIONAL);
  }

  /** The three sections that hold records. */
  private enum Section {
    ANSWER,
    AUTHORITY,
    ADDITIONAL
  }

  private int records(
      ByteBuf message,
      int base,
      int from,
      int length,
      int count,
      Predicate<WireName> isListed,
      Section section) {
    int at = from;
    for (int i = 0; i < count; i++) {
      int behind = readOwner(message, base, at, length, isListed);
      if (behind == NameReader.MALFORMED || behind + RECORD_FIXED > length) {
        return NameReader.MALFORMED;
      }
      int type = message.getUnsignedShort(base + behind);
      int data = behind + RECORD_FIXED;
      int next = data + message.getUnsignedShort(base + behind + 8);
      if (next > length) {
        return NameReader.MALFORMED;
      }
      boolean sound =
          type == OPT
              ? section == Section.ADDITIONAL && takeOpt(message, base, at, behind, next)
              : classFits(message, base, behind, section)
                  && dataFits(message, base, behind, type, data, next, isListed);
      if (!sound) {
        return NameReader.MALFORMED;
      }
      if (section == Section.ANSWER && (type == CNAME || type == DNAME)) {
        chain.addAlias(at, data, type == DNAME);
      }
      at = next;
    }
    return at;
  }

  /** Most owners are a pointer to the one before, which the matcher has seen. */
  private int readOwner(
      ByteBuf message, int base, int at, int length, Predicate<WireName> isListed) {
    int pointer = pointerAt(message, base, at, length);
    if (pointer >= 0 && pointer == lastOwnerPointer) {
      return at + 2;
    }
    int behind = NameReader.read(message, base, at, length, owner);
    if (behind != NameReader.MALFORMED) {
      lastOwnerPointer = pointer;
      listed = listed || pointer != QueryView.HEADER_LENGTH && isListed.test(owner);
    }
    return behind;
  }

  private static int pointerAt(ByteBuf message, int base, int at, int length) {
    if (at + 2 > length) {
      return -1;
    }
    int word = message.getUnsignedShort(base + at);
    return word >= 0xc000 ? word & 0x3fff : -1;
  }

  private boolean classFits(ByteBuf message, int base, int behind, Section section) {
    return section != Section.ANSWER
        || message.getUnsignedShort(base + behind + 2) == questionClass;
  }

  private boolean takeOpt(ByteBuf message, int base, int at, int behind, int next) {
    boolean first = optOffset < 0 && behind == at + 1;
    optOffset = at;
    optLength = next - at;
    extendedRcode = message.getUnsignedByte(base + behind + 4);
    return first;
  }

  private boolean dataFits(
      ByteBuf message,
      int base,
      int behind,
      int type,
      int data,
      int next,
      Predicate<WireName> isListed) {
    if (type == A || type == AAAA) {
      boolean internet = message.getUnsignedShort(base + behind + 2) == CLASS_IN;
      return !internet || next - data == (type == A ? 4 : 16);
    }
    if (type == CNAME || type == DNAME) {
      boolean fits = NameReader.read(message, base, data, next, target) == next;
      listed = listed || fits && isListed.test(target);
      return fits;
    }
    if (type == SVCB || type == HTTPS) {
      boolean fits = NameReader.read(message, base, data + 2, next, target) != NameReader.MALFORMED;
      listed = listed || fits && target.length() > 1 && isListed.test(target);
      return fits;
    }
    return namesFit(message, base, type, data, next);
  }

  /**
   * Names inside the data of the old types may be compressed; they have to be names all the same.
   */
  private boolean namesFit(ByteBuf message, int base, int type, int data, int next) {
    if (type == NS || type == PTR) {
      return NameReader.read(message, base, data, next, target) == next;
    }
    if (type == MX) {
      return NameReader.read(message, base, data + 2, next, target) == next;
    }
    if (type == SRV) {
      return NameReader.read(message, base, data + 6, next, target) == next;
    }
    if (type == SOA) {
      int second = NameReader.read(message, base, data, next, target);
      return second != NameReader.MALFORMED
          && NameReader.read(message, base, second, next, target) == next - 20;
    }
    return true;
  }

  /** A record of another owner than the question's chain has is no answer to it. */
  private boolean answersBelong(ByteBuf message, int base, int from, int length, int count) {
    chain.close(message, base, length);
    int at = from;
    int previous = -1;
    for (int i = 0; i < count; i++) {
      int pointer = pointerAt(message, base, at, length);
      int behind = at + 2;
      if (pointer < 0 || pointer != previous && pointer != QueryView.HEADER_LENGTH) {
        behind = NameReader.read(message, base, at, length, owner);
        if (!chain.allows(owner)) {
          return false;
        }
        previous = pointer;
      }
      at = behind + RECORD_FIXED + message.getUnsignedShort(base + behind + 8);
    }
    return true;
  }
}
