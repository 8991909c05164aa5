package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.dns.message.RecordData;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
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
  private static final Logger LOG = LoggerFactory.getLogger(RewritePlan.class);

  private final Message response;
  private final @Nullable Cause failure;
  private final boolean minimal;
  private final List<List<Entry>> sections = new ArrayList<>();
  private final LinkedHashSet<RealAddress> reals = new LinkedHashSet<>();
  private int blocked;

  /**
   * What was obtained for a real address.
   *
   * @param ttlLimitSeconds how long an answer may promise the fake
   */
  public record Grant(IpAddress fake, long ttlLimitSeconds) {}

  /** How a rewrite ended. */
  public sealed interface Outcome {}

  /**
   * The answer.
   *
   * @param ede INFO-CODE of an Extended DNS Error, null when nothing was changed
   */
  public record Rewritten(Message message, @Nullable Integer ede) implements Outcome {}

  /** No honest answer is possible. */
  public record Failed(Cause cause) implements Outcome {}

  /** Why not. */
  public enum Cause {
    /** There were addresses, and none of them got a fake. */
    NOTHING_MAPPED,
    /** More than {@value SteeredNames#LONGEST_CHAIN} aliases, or a loop of them. */
    ALIAS_CHAIN
  }

  /** What becomes of one record. */
  sealed interface Entry {}

  /** It stays, and its TTL too. */
  record Kept(Record each) implements Entry {}

  /** An alias that leads to a fake: it stays, but not for longer than the fake. */
  record Alias(Record each) implements Entry {}

  /** An address record: it becomes a fake's. */
  record Address(Record each, RealAddress real) implements Entry {}

  /** A record that was changed already, HTTPS and SVCB without hints. */
  record Changed(Record each) implements Entry {}

  /** It goes. */
  record Dropped(Record each, Reason reason) implements Entry {}

  /** Why a record goes. */
  enum Reason {
    SIGNATURE,
    NO_POOL,
    UNMAPPABLE
  }

  private RewritePlan(Message response, @Nullable Cause failure, boolean minimal) {
    this.response = response;
    this.failure = failure;
    this.minimal = minimal;
  }

  public static RewritePlan of(Message response, RewriteRules rules) {
    if (!SteeredNames.chainEnds(response)) {
      return new RewritePlan(response, Cause.ALIAS_CHAIN, false);
    }
    SteeredNames names = SteeredNames.of(response, rules);
    Record question = response.getQuestion();
    boolean any = question.getType() == Type.ANY && names.route(question.getName()) != null;
    RewritePlan plan = new RewritePlan(response, null, any);
    if (!any) {
      for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
        List<Entry> entries = new ArrayList<>();
        for (Record each : response.getSection(section)) {
          entries.add(plan.entry(each, names, rules));
        }
        plan.sections.add(entries);
      }
    }
    return plan;
  }

  private Entry entry(Record each, SteeredNames names, RewriteRules rules) {
    RouteId route = names.route(each.getName());
    if (each.getType() == Type.CNAME || each.getType() == Type.DNAME) {
      return new Alias(each);
    }
    if (each instanceof SVCBBase svcb) {
      return serviceEntry(svcb, route != null || names.route(svcb.getTargetName()) != null);
    }
    if (route == null) {
      return new Kept(each);
    }
    IpAddress real = address(each);
    if (real != null) {
      return addressEntry(each, new RealAddress(route, real), rules);
    }
    return signsChanged(each) ? new Dropped(each, Reason.SIGNATURE) : new Kept(each);
  }

  /** The hints speak of the target, so its listing counts as much as the owner's. */
  private static Entry serviceEntry(SVCBBase each, boolean steered) {
    Record stripped = steered ? ServiceHints.strip(each) : null;
    return stripped == null ? new Kept(each) : new Changed(stripped);
  }

  private Entry addressEntry(Record each, RealAddress real, RewriteRules rules) {
    if (!rules.hasPool(real.route(), real.real().family())) {
      return new Dropped(each, Reason.NO_POOL);
    }
    String reason = rules.unmappable(real.route(), real.real());
    if (reason != null) {
      blocked++;
      LOG.debug("address left out real={} reason=\"{}\"", real.real(), reason);
      return new Dropped(each, Reason.UNMAPPABLE);
    }
    reals.add(real);
    return new Address(each, real);
  }

  private static @Nullable IpAddress address(Record each) {
    if (each instanceof ARecord a) {
      return IpAddress.ofBytes(Family.IPV4, a.getAddress().getAddress(), 0);
    }
    // The bytes, because java.net would unwrap an IPv4-mapped address.
    return each instanceof AAAARecord
        ? IpAddress.ofBytes(Family.IPV6, RecordData.of(each), 0)
        : null;
  }

  private static boolean signsChanged(Record each) {
    if (each instanceof RRSIGRecord signature) {
      int covered = signature.getTypeCovered();
      return covered == Type.A
          || covered == Type.AAAA
          || covered == Type.HTTPS
          || covered == Type.SVCB;
    }
    return each.getType() == Type.NSEC || each.getType() == Type.NSEC3;
  }

  /** The real addresses that need fakes, in order, each once. */
  public List<RealAddress> reals() {
    return List.copyOf(reals);
  }

  /** How many addresses were left out because they must never be mapped. */
  public int blocked() {
    return blocked;
  }

  /**
   * Makes the answer.
   *
   * @param grants null for a real address that got no fake
   * @param fakeTtlSeconds upper bound of the TTL of what was changed
   */
  public Outcome apply(Function<RealAddress, @Nullable Grant> grants, int fakeTtlSeconds) {
    if (failure != null) {
      return new Failed(failure);
    }
    if (minimal) {
      return new Rewritten(RewrittenMessage.minimalAny(response, fakeTtlSeconds), null);
    }
    long ttlLimit = fakeTtlSeconds;
    for (RealAddress real : reals) {
      Grant grant = grants.apply(real);
      if (grant != null) {
        ttlLimit = Math.min(ttlLimit, grant.ttlLimitSeconds());
      }
    }
    RewrittenMessage message = new RewrittenMessage(response, ttlLimit);
    for (int i = 0; i < sections.size(); i++) {
      for (Entry entry : sections.get(i)) {
        message.add(entry, Section.ANSWER + i, grants);
      }
    }
    return message.finish(fakeTtlSeconds);
  }

  /** Makes a fake's record out of a real one's. */
  static Record withAddress(Record each, IpAddress fake, long ttl) {
    Name name = each.getName();
    return fake.family() == Family.IPV4
        ? new ARecord(name, each.getDClass(), ttl, fake.toInetAddress())
        : new AAAARecord(name, each.getDClass(), ttl, fake.toInetAddress());
  }
}
