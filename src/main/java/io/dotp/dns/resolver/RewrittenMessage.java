package io.dotp.dns.resolver;

import io.dotp.dns.message.RecordData;
import io.dotp.dns.resolver.RewritePlan.Grant;
import io.dotp.dns.resolver.RewritePlan.Reason;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The answer of a rewrite while it is put together. */
final class RewrittenMessage {
  private static final int EDE_FORGED_ANSWER = 4;
  private static final int EDE_BLOCKED = 15;

  private final Message message;
  private final long ttlLimit;
  private boolean changed;
  private boolean mapped;
  private boolean refused;
  private boolean blocked;
  private boolean answerHadAddress;

  /**
   * @param ttlLimit of everything that is changed, and of the aliases that lead there
   */
  RewrittenMessage(Message response, long ttlLimit) {
    this.message = emptyCopy(response);
    this.ttlLimit = ttlLimit;
  }

  private static Message emptyCopy(Message response) {
    Message copy = new Message(response.getHeader().getID());
    for (int flag : new int[] {Flags.QR, Flags.AA, Flags.RD, Flags.RA, Flags.AD, Flags.CD}) {
      if (response.getHeader().getFlag(flag)) {
        copy.getHeader().setFlag(flag);
      }
    }
    copy.getHeader().setRcode(response.getHeader().getRcode());
    copy.addRecord(response.getQuestion(), Section.QUESTION);
    return copy;
  }

  /** RFC 8482 section 4.2: an ANY query gets one harmless record. */
  static Message minimalAny(Message response, int ttl) {
    Message minimal = emptyCopy(response);
    minimal.getHeader().unsetFlag(Flags.AD);
    Name qname = response.getQuestion().getName();
    if (response.getRcode() == Rcode.NOERROR && !response.getSection(Section.ANSWER).isEmpty()) {
      minimal.addRecord(new HINFORecord(qname, DClass.IN, ttl, "RFC8482", ""), Section.ANSWER);
    } else {
      response.getSection(Section.AUTHORITY).stream()
          .filter(each -> each.getType() == Type.SOA)
          .forEach(soa -> minimal.addRecord(soa, Section.AUTHORITY));
    }
    return minimal;
  }

  void add(RewritePlan.Entry entry, int section, Function<RealAddress, @Nullable Grant> grants) {
    if (entry instanceof RewritePlan.Kept kept) {
      message.addRecord(kept.each(), section);
    } else if (entry instanceof RewritePlan.Alias alias) {
      message.addRecord(alias.each(), section);
    } else if (entry instanceof RewritePlan.Changed stripped) {
      changed = true;
      message.addRecord(limited(stripped.each()), section);
    } else if (entry instanceof RewritePlan.Address address) {
      answerHadAddress |= section == Section.ANSWER;
      addAddress(address, section, grants.apply(address.real()));
    } else {
      drop((RewritePlan.Dropped) entry, section);
    }
  }

  private void addAddress(RewritePlan.Address address, int section, @Nullable Grant grant) {
    changed = true;
    if (grant == null) {
      refused |= section == Section.ANSWER;
      return;
    }
    mapped |= section == Section.ANSWER;
    long ttl = Math.min(address.each().getTTL(), ttlLimit);
    message.addRecord(RewritePlan.withAddress(address.each(), grant.fake(), ttl), section);
  }

  private void drop(RewritePlan.Dropped dropped, int section) {
    changed = true;
    if (dropped.reason() != Reason.SIGNATURE) {
      answerHadAddress |= section == Section.ANSWER;
      blocked |= dropped.reason() == Reason.UNMAPPABLE && section == Section.ANSWER;
    }
  }

  /**
   * @param fakeTtl TTL of a negative answer made here
   */
  RewritePlan.Outcome finish(int fakeTtl) {
    if (refused && !mapped) {
      return new RewritePlan.Failed(RewritePlan.Cause.NOTHING_MAPPED);
    }
    if (!changed) {
      return new RewritePlan.Rewritten(message, null);
    }
    message.getHeader().unsetFlag(Flags.AD);
    limitAliases();
    if (answerHadAddress && !mapped) {
      makeNodata(fakeTtl);
      return new RewritePlan.Rewritten(message, blocked ? EDE_BLOCKED : EDE_FORGED_ANSWER);
    }
    return new RewritePlan.Rewritten(message, EDE_FORGED_ANSWER);
  }

  private void limitAliases() {
    List<Record> answer = List.copyOf(message.getSection(Section.ANSWER));
    message.removeAllRecords(Section.ANSWER);
    for (Record each : answer) {
      boolean alias = each.getType() == Type.CNAME || each.getType() == Type.DNAME;
      message.addRecord(alias ? limited(each) : each, Section.ANSWER);
    }
  }

  private Record limited(Record each) {
    return each.getTTL() <= ttlLimit
        ? each
        : Record.newRecord(
            each.getName(), each.getType(), each.getDClass(), ttlLimit, RecordData.of(each));
  }

  /**
   * A positive response brings no SOA, and without one nobody caches a negative answer (RFC 2308).
   */
  private void makeNodata(int fakeTtl) {
    message.removeAllRecords(Section.AUTHORITY);
    message.removeAllRecords(Section.ADDITIONAL);
    Name owner = message.getQuestion().getName();
    message.addRecord(
        new SOARecord(owner, DClass.IN, fakeTtl, owner, owner, 1, 3600, 600, 86_400, fakeTtl),
        Section.AUTHORITY);
  }
}
