package io.dotp.dns.message;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.Arrays;

/**
 * Where the TTLs of a sound response stand, and how long it may be kept: as long as its shortest
 * TTL (RFC 2181 section 5.2), a negative response as its SOA says (RFC 2308 section 5).
 */
final class TtlFields {
  /** Not to be kept. */
  static final int NEVER = 0;

  private static final int LONGEST_POSITIVE = 86_400;

  /** RFC 2308 section 5 advises one to three hours. */
  private static final int LONGEST_NEGATIVE = 10_800;

  private static final int SOA = DnsRecordType.SOA.intValue();
  private static final int CNAME = DnsRecordType.CNAME.intValue();
  private static final int DNAME = DnsRecordType.DNAME.intValue();
  private static final int RRSIG = DnsRecordType.RRSIG.intValue();
  private static final int OPT = DnsRecordType.OPT.intValue();
  private static final int ANY = DnsRecordType.ANY.intValue();

  private final ByteBuf message;
  private final ResponseFacts facts;
  private final int base;
  private final int qtype;
  private int[] offsets = new int[8];
  private int count;
  private int shortest = LONGEST_POSITIVE;
  private int shortestSoa = -1;
  private int soaTtl = -1;
  private boolean answersQuestion;

  private TtlFields(ByteBuf message, ResponseFacts facts) {
    this.message = message;
    this.facts = facts;
    this.base = message.readerIndex();
    this.qtype = message.getUnsignedShort(base + facts.questionEnd() - 4);
  }

  /** Borrows the response. */
  static TtlFields of(ByteBuf response, ResponseFacts facts) {
    TtlFields fields = new TtlFields(response, facts);
    fields.read();
    return fields;
  }

  private void read() {
    WireName name = new WireName();
    int at = facts.questionEnd();
    for (int section = 0; section < 3; section++) {
      int records = message.getUnsignedShort(base + 6 + 2 * section);
      for (int i = 0; i < records; i++) {
        int behind = NameReader.read(message, base, at, facts.end(), name);
        int next = behind + ResponseWalk.RECORD_FIXED + message.getUnsignedShort(base + behind + 8);
        note(section, behind, next);
        at = next;
      }
    }
  }

  private void note(int section, int behind, int next) {
    int type = message.getUnsignedShort(base + behind);
    if (type == OPT) {
      return;
    }
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    offsets[count++] = behind + 4;
    int ttl = Math.max(0, message.getInt(base + behind + 4));
    shortest = Math.min(shortest, ttl);
    if (section == 0) {
      boolean leadsOn = type == CNAME || type == DNAME || type == RRSIG;
      answersQuestion |= type == qtype || qtype == ANY || !leadsOn;
    } else if (section == 1 && type == SOA) {
      soaTtl = behind + 4;
      shortestSoa = Math.min(ttl, Math.max(0, message.getInt(base + next - 4)));
    }
  }

  /** Offsets of the TTLs from the begin of the message, in order. */
  int[] offsets() {
    return Arrays.copyOf(offsets, count);
  }

  /** Whether it is a negative response that may be kept. */
  boolean isNegative() {
    return lifetime() != NEVER && !(isNoerror() && answersQuestion);
  }

  /** Offset of the TTL of a negative response's SOA. */
  int soaTtl() {
    return soaTtl;
  }

  /** What that TTL has to be for who keeps the response after us, RFC 2308 section 5. */
  int negativeTtl() {
    return shortestSoa;
  }

  private boolean isNoerror() {
    return facts.rcode() == DnsResponseCode.NOERROR.intValue();
  }

  /** In seconds; {@link #NEVER} for a failure, and for a negative response without an SOA. */
  int lifetime() {
    boolean noerror = isNoerror();
    if (noerror && answersQuestion) {
      return shortest;
    }
    if (noerror || facts.rcode() == DnsResponseCode.NXDOMAIN.intValue()) {
      return shortestSoa < 0 ? NEVER : Math.min(LONGEST_NEGATIVE, Math.min(shortest, shortestSoa));
    }
    return NEVER;
  }
}
