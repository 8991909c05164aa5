package io.dotp.dns.resolver;

import io.dotp.dns.resolver.RewriteEntry.Reason;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The answer of a rewrite while it is put together. */
final class RewrittenMessage {
  private static final int EDE_FORGED_ANSWER = 4;
  private static final int EDE_BLOCKED = 15;
  private static final int[] FLAGS = {
    Flags.QR, Flags.AA, Flags.TC, Flags.RD, Flags.RA, Flags.AD, Flags.CD
  };

  /** RFC 6303 section 3 answers zones of its own in this name. */
  private static final Name NOBODY = Name.fromConstantString("nobody.invalid.");

  private final Message message;

  /** Records that may be promised for no longer than the fakes. */
  private final Set<Record> limited = Collections.newSetFromMap(new IdentityHashMap<>());

  private final List<Record> aliases = new ArrayList<>();
  private boolean changed;

  /** The least of what was left out: for no longer is it known that there is nothing. */
  private long droppedTtl = Integer.MAX_VALUE;

  /* What happened to the addresses of the answer section; others are a bonus. */
  private boolean hadAddress;
  private boolean mapped;
  private boolean refused;
  private boolean blocked;

  RewrittenMessage(Message response) {
    this.message = emptyCopy(response);
  }

  private static Message emptyCopy(Message response) {
    Message copy = new Message(response.getHeader().getID());
    for (int flag : FLAGS) {
      if (response.getHeader().getFlag(flag)) {
        copy.getHeader().setFlag(flag);
      }
    }
    copy.getHeader().setRcode(response.getHeader().getRcode());
    copy.addRecord(response.getQuestion(), Section.QUESTION);
    return copy;
  }

  /**
   * RFC 8482: an ANY query gets one harmless record, the alias if there is one (section 4.1), else
   * one made here (section 4.2).
   */
  static RewritePlan.Rewritten minimalAny(Message response) {
    Message minimal = emptyCopy(response);
    minimal.getHeader().unsetFlag(Flags.AD);
    Name owner = response.getQuestion().getName();
    Set<Record> limited = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Record> answer = response.getSection(Section.ANSWER);
    if (response.getRcode() == Rcode.NOERROR && !answer.isEmpty()) {
      Record harmless =
          answer.stream()
              .filter(each -> each.getType() == Type.CNAME && each.getName().equals(owner))
              .findFirst()
              .orElseGet(() -> made(owner, answer));
      limited.add(harmless);
      minimal.addRecord(harmless, Section.ANSWER);
    } else {
      response.getSection(Section.AUTHORITY).stream()
          .filter(each -> each.getType() == Type.SOA)
          .forEach(soa -> minimal.addRecord(soa, Section.AUTHORITY));
    }
    OPTRecord opt = response.getOPT();
    if (opt != null) {
      // It is never sent on, but holds the upper bits of the RCODE.
      minimal.addRecord(opt, Section.ADDITIONAL);
    }
    return new RewritePlan.Rewritten(minimal, limited, null);
  }

  private static Record made(Name owner, List<Record> answer) {
    long ttl = answer.stream().mapToLong(Record::getTTL).min().orElse(0);
    return new HINFORecord(owner, DClass.IN, ttl, "RFC8482", "");
  }

  void add(RewriteEntry entry, int section, Function<RealAddress, @Nullable IpAddress> fakes) {
    if (entry instanceof RewriteEntry.Kept kept) {
      message.addRecord(kept.each(), section);
    } else if (entry instanceof RewriteEntry.Alias alias) {
      aliases.add(alias.each());
      message.addRecord(alias.each(), section);
    } else if (entry instanceof RewriteEntry.Service service) {
      changed = true;
      addLimited(ServiceHints.replace(service.each(), hint -> fake(service, hint, fakes)), section);
    } else if (entry instanceof RewriteEntry.Address address) {
      addAddress(address, section, fakes.apply(address.real()));
    } else if (entry instanceof RewriteEntry.Dropped dropped) {
      drop(dropped, section);
    }
  }

  private static @Nullable IpAddress fake(
      RewriteEntry.Service service,
      IpAddress hint,
      Function<RealAddress, @Nullable IpAddress> fakes) {
    return service.reals().contains(hint)
        ? fakes.apply(new RealAddress(service.route(), hint))
        : null;
  }

  private void addAddress(RewriteEntry.Address address, int section, @Nullable IpAddress fake) {
    changed = true;
    hadAddress |= section == Section.ANSWER;
    if (fake == null) {
      refused |= section == Section.ANSWER;
      return;
    }
    mapped |= section == Section.ANSWER;
    addLimited(withAddress(address.each(), fake), section);
  }

  private void addLimited(Record each, int section) {
    limited.add(each);
    message.addRecord(each, section);
  }

  private static Record withAddress(Record each, IpAddress fake) {
    Name name = each.getName();
    long ttl = each.getTTL();
    return fake.family() == Family.IPV4
        ? new ARecord(name, each.getDClass(), ttl, fake.toInetAddress())
        : new AAAARecord(name, each.getDClass(), ttl, fake.toInetAddress());
  }

  private void drop(RewriteEntry.Dropped dropped, int section) {
    changed = true;
    if (section == Section.ANSWER) {
      droppedTtl = Math.min(droppedTtl, dropped.each().getTTL());
      hadAddress |= dropped.reason() != Reason.PROOF;
      blocked |= dropped.reason() == Reason.UNMAPPABLE;
    }
  }

  /**
   * @param fakeTtl for how long a negative answer made here may be kept
   */
  RewritePlan.Outcome finish(int fakeTtl) {
    if (refused && !mapped) {
      return new RewritePlan.Failed(RewritePlan.Cause.NOTHING_MAPPED);
    }
    if (!changed) {
      return new RewritePlan.Rewritten(message, Set.of(), null);
    }
    message.getHeader().unsetFlag(Flags.AD);
    // An alias that outlives the fake would bring a client back to the target alone.
    limited.addAll(aliases);
    if (hadAddress && !mapped && holdsAliasesOnly()) {
      makeNodata(fakeTtl);
    }
    boolean nothingButBlocked = blocked && !mapped;
    return new RewritePlan.Rewritten(
        message, limited, nothingButBlocked ? EDE_BLOCKED : EDE_FORGED_ANSWER);
  }

  private boolean holdsAliasesOnly() {
    return message.getSection(Section.ANSWER).stream()
        .map(Record::getType)
        .allMatch(type -> type == Type.CNAME || type == Type.DNAME || type == Type.RRSIG);
  }

  /**
   * A positive response brings no SOA, and without one nobody caches a negative answer (RFC 2308).
   */
  private void makeNodata(int fakeTtl) {
    message.removeAllRecords(Section.AUTHORITY);
    message.removeAllRecords(Section.ADDITIONAL);
    Name owner = endOfChain();
    addLimited(
        new SOARecord(owner, DClass.IN, droppedTtl, owner, NOBODY, 1, 3600, 1200, 604_800, fakeTtl),
        Section.AUTHORITY);
  }

  /** The name that there is no data for: its zone's SOA is at it or above it. */
  private Name endOfChain() {
    Map<Name, Name> targets = new HashMap<>();
    for (Record each : message.getSection(Section.ANSWER)) {
      if (each instanceof CNAMERecord alias) {
        targets.put(alias.getName(), alias.getTarget());
      }
    }
    Name at = message.getQuestion().getName();
    while (targets.containsKey(at)) {
      at = targets.remove(at);
    }
    return at;
  }
}
