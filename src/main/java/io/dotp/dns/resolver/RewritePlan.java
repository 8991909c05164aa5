package io.dotp.dns.resolver;

import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteId;
import io.dotp.dns.message.RecordData;
import io.dotp.dns.resolver.RewriteEntry.Reason;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What is to be done with one response that mentions a listed name: which real addresses need
 * fakes, and, once they have them, the answer. A pure function of response and rules.
 *
 * <p>Every A and AAAA of a steered name is replaced or left out, in every section; no real address
 * of a steered name is ever in the result.
 */
public final class RewritePlan {
  private final Message response;
  private final @Nullable Cause failure;
  private final boolean minimal;
  private final List<InheritedAlias> inherited;
  private int fakeTtlSeconds = Integer.MAX_VALUE;
  private final List<List<RewriteEntry>> sections = new ArrayList<>();
  private final LinkedHashSet<RealAddress> reals = new LinkedHashSet<>();
  private final Set<ChangedSet> changed = new HashSet<>();
  private final Set<Name> changedOwners = new HashSet<>();
  private boolean answerChanged;
  private int blocked;
  private String blockedReason = "";

  /** How a rewrite ended. */
  public sealed interface Outcome {}

  /**
   * The answer, with the TTLs of the upstream's.
   *
   * @param limited records, by identity, that may be promised for no longer than the fakes
   * @param ede INFO-CODE of an Extended DNS Error, null when nothing was changed
   */
  public record Rewritten(Message message, Set<Record> limited, @Nullable Integer ede)
      implements Outcome {}

  /** No honest answer is possible. */
  public record Failed(Cause cause) implements Outcome {}

  /** Why not. */
  public enum Cause {
    /** There were addresses, and none of them got a fake. */
    NOTHING_MAPPED,
    /** More than {@value SteeredNames#LONGEST_CHAIN} aliases, or a loop of them. */
    ALIAS_CHAIN
  }

  /** An RRset that will not be what was signed. */
  private record ChangedSet(Name owner, int type) {}

  private RewritePlan(
      Message response, @Nullable Cause failure, boolean minimal, List<InheritedAlias> inherited) {
    this.response = response;
    this.failure = failure;
    this.minimal = minimal;
    this.inherited = inherited;
  }

  public static RewritePlan of(Message response, RewriteRules rules) {
    SteeredNames names = SteeredNames.of(response, rules);
    if (names == null) {
      return new RewritePlan(response, Cause.ALIAS_CHAIN, false, List.of());
    }
    List<InheritedAlias> inherited = names.inherited();
    if (inherited.size() > SteeredNames.MOST_INHERITED) {
      // What cannot be remembered must not be told: a client would ask for it and go there.
      return new RewritePlan(response, Cause.ALIAS_CHAIN, false, List.of());
    }
    Record question = response.getQuestion();
    boolean any = question.getType() == Type.ANY && names.route(question.getName()) != null;
    RewritePlan plan = new RewritePlan(response, null, any, inherited);
    for (RouteId route : names.routes()) {
      plan.fakeTtlSeconds = Math.min(plan.fakeTtlSeconds, rules.fakeTtlSeconds(route));
    }
    if (!any) {
      plan.sortOut(names, rules);
    }
    return plan;
  }

  private void sortOut(SteeredNames names, RewriteRules rules) {
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      List<RewriteEntry> entries = new ArrayList<>();
      for (Record each : response.getSection(section)) {
        RewriteEntry entry = entry(each, names, rules);
        boolean stays = entry instanceof RewriteEntry.Kept || entry instanceof RewriteEntry.Alias;
        if (!stays) {
          answerChanged |= section == Section.ANSWER;
          changed.add(new ChangedSet(each.getName(), each.getType()));
          changedOwners.add(each.getName());
        }
        entries.add(entry);
      }
      sections.add(entries);
    }
    // Only now, because a signature may stand before what it signs.
    for (List<RewriteEntry> entries : sections) {
      entries.replaceAll(this::withoutProof);
    }
  }

  private RewriteEntry entry(Record each, SteeredNames names, RewriteRules rules) {
    RouteId route = names.route(each.getName());
    if (each.getType() == Type.CNAME || each.getType() == Type.DNAME) {
      return new RewriteEntry.Alias(each);
    }
    if (each.getType() == Type.HTTPS || each.getType() == Type.SVCB) {
      return each instanceof SVCBBase service
          ? serviceEntry(service, names, rules)
          : new RewriteEntry.Dropped(each, Reason.UNREADABLE);
    }
    if (route == null) {
      return new RewriteEntry.Kept(each);
    }
    if (each.getType() == Type.A || each.getType() == Type.AAAA) {
      return addressEntry(each, route, rules);
    }
    return HiddenAddresses.heldBy(each)
        ? new RewriteEntry.Dropped(each, Reason.NO_FAKE)
        : new RewriteEntry.Kept(each);
  }

  /** The hints speak of the target, so it is the target's route that tells what becomes of them. */
  private RewriteEntry serviceEntry(SVCBBase each, SteeredNames names, RewriteRules rules) {
    RouteId owner = names.route(each.getName());
    boolean ofOwner = each.getTargetName().equals(Name.root);
    RouteId hinted = ofOwner ? owner : names.route(each.getTargetName());
    if (owner != null && rules.httpsRecords(owner) == HttpsRecords.NODATA) {
      return new RewriteEntry.Dropped(each, Reason.NO_SERVICE);
    }
    if (hinted == null
        || rules.httpsRecords(hinted) == HttpsRecords.PASS
        || !ServiceHints.leak(each)) {
      return ServiceHints.isAlias(each)
          ? new RewriteEntry.Alias(each)
          : new RewriteEntry.Kept(each);
    }
    return new RewriteEntry.Service(each, hinted, mappable(each, hinted, rules));
  }

  private Set<IpAddress> mappable(SVCBBase each, RouteId route, RewriteRules rules) {
    Set<IpAddress> mappable = new LinkedHashSet<>();
    if (rules.httpsRecords(route) == HttpsRecords.REWRITE && each.getDClass() == DClass.IN) {
      for (IpAddress address : ServiceHints.addresses(each)) {
        if (rules.hasPool(route, address.family()) && isMappable(address, route, rules)) {
          mappable.add(address);
          reals.add(new RealAddress(route, address));
        }
      }
    }
    return mappable;
  }

  private RewriteEntry addressEntry(Record each, RouteId route, RewriteRules rules) {
    IpAddress address = each.getDClass() == DClass.IN ? address(each) : null;
    if (address == null || !rules.hasPool(route, address.family())) {
      return new RewriteEntry.Dropped(each, Reason.NO_FAKE);
    }
    if (!isMappable(address, route, rules)) {
      return new RewriteEntry.Dropped(each, Reason.UNMAPPABLE);
    }
    RealAddress real = new RealAddress(route, address);
    reals.add(real);
    return new RewriteEntry.Address(each, real);
  }

  /** Notes an address that is not. */
  private boolean isMappable(IpAddress address, RouteId route, RewriteRules rules) {
    String reason = rules.unmappable(route, address);
    if (reason != null) {
      blocked++;
      blockedReason = address + ": " + reason;
    }
    return reason == null;
  }

  private static @Nullable IpAddress address(Record each) {
    // The bytes, because java.net would unwrap an IPv4-mapped address, and dnsjava spell the name.
    if (each instanceof ARecord) {
      return IpAddress.ofBytes(Family.IPV4, RecordData.of(each), 0);
    }
    return each instanceof AAAARecord
        ? IpAddress.ofBytes(Family.IPV6, RecordData.of(each), 0)
        : null;
  }

  private RewriteEntry withoutProof(RewriteEntry entry) {
    return entry instanceof RewriteEntry.Kept kept && provesChanged(kept.each())
        ? new RewriteEntry.Dropped(kept.each(), Reason.PROOF)
        : entry;
  }

  /** Whether a record says, signed, how a changed RRset was, or that there is no such set. */
  private boolean provesChanged(Record each) {
    int type = each.getType();
    int covered = each instanceof RRSIGRecord signature ? signature.getTypeCovered() : type;
    if (covered == Type.NSEC) {
      return changedOwners.contains(each.getName());
    }
    if (covered == Type.NSEC3) {
      // Its owner is a hash. Beside an answer it proves that a wildcard was rightly expanded, which
      // nobody can check any more when the answer is not the signed one.
      return answerChanged;
    }
    return type == Type.RRSIG && changed.contains(new ChangedSet(each.getName(), covered));
  }

  /** The real addresses that need fakes, in order, each once. */
  public List<RealAddress> reals() {
    return List.copyOf(reals);
  }

  /** What is steered from now on, because aliases of this response lead to it. */
  List<InheritedAlias> inherited() {
    return inherited;
  }

  /** Upper bound of the TTL: the least of the routes that steer anything here. */
  int fakeTtlSeconds() {
    return fakeTtlSeconds;
  }

  /** How many addresses were left out because they must never be mapped. */
  public int blocked() {
    return blocked;
  }

  /** One of them, and the rule that forbids it; empty when there is none. */
  String blockedReason() {
    return blockedReason;
  }

  /**
   * Makes the answer.
   *
   * @param fakes null for a real address that got none
   * @param fakeTtlSeconds for how long a negative answer made here may be kept
   */
  public Outcome apply(Function<RealAddress, @Nullable IpAddress> fakes, int fakeTtlSeconds) {
    if (failure != null) {
      return new Failed(failure);
    }
    if (minimal) {
      return RewrittenMessage.minimalAny(response);
    }
    RewrittenMessage message = new RewrittenMessage(response);
    for (int i = 0; i < sections.size(); i++) {
      for (RewriteEntry entry : sections.get(i)) {
        message.add(entry, Section.ANSWER + i, fakes);
      }
    }
    return message.finish(fakeTtlSeconds);
  }
}
