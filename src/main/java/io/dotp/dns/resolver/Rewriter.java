package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.dns.message.MessageDecoder;
import io.dotp.dns.message.MessageEncoder;
import io.dotp.dns.message.RecordData;
import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.Ttls;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.nat.AcquireResult;
import io.dotp.nat.Wanted;
import io.dotp.nat.mapping.Mapping;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * Turns a response that mentions a listed name into an answer: mappings first, the answer after the
 * kernel has acknowledged them. Thread: its loop.
 */
final class Rewriter {
  private static final Logger LOG = LoggerFactory.getLogger(Rewriter.class);

  /** A lease outlives every TTL that was given with it by this much. */
  private static final long LEASE_GRACE_SECONDS = 60;

  /** One warning of a kind every 10 s, with the count of those held back. */
  private static final long BLOCKED_REPORT_GAP_NANOS = 10_000_000_000L;

  private final ScheduledExecutorService loop;
  private final Resolver.ResolverParts parts;
  private boolean blockedReported;
  private long lastBlockedReport;
  private long unreported;

  Rewriter(ScheduledExecutorService loop, Resolver.ResolverParts parts) {
    this.loop = loop;
    this.parts = parts;
  }

  /**
   * The answer that the last rewrite of this response made, with its leases renewed; null when one
   * of its mappings is gone, or when it was made by other rules or for clients of another kind.
   */
  @Nullable Resolution repeat(CachedResponse cached, ClientNames names, long now) {
    SteeredAnswer answer = cached.steered();
    AnswerRules rules = parts.rules().get();
    if (answer == null
        || !answer.isOf(rules.rewriteRules(names, parts.own().get()), rules.listed().generation())
        || !parts.nat().renew(answer.mappings())) {
      return null;
    }
    long left = leaseLeftSeconds(answer.mappings());
    return left > 0 ? resolution(answer, Ttls.aged(cached.ageSeconds(now)), left) : null;
  }

  /**
   * {@code done} runs on the loop, exactly once, at latest when the commit deadline is spent.
   *
   * @param response borrowed until this returns
   * @param keeper where the result is kept for the next one who asks, null for nowhere
   */
  void rewrite(
      ByteBuf response,
      ResponseFacts facts,
      Ttls ttls,
      @Nullable CachedResponse keeper,
      Asker asker,
      Consumer<Resolution> done) {
    Message message = MessageDecoder.decode(response, facts);
    if (message == null) {
      done.accept(new Resolution.Failure(FailureCause.RESPONSE_UNREADABLE));
      return;
    }
    AnswerRules answerRules = parts.rules().get();
    ClientNames names = answerRules.listed().of(asker.address());
    RewriteRules rules = answerRules.rewriteRules(names, parts.own().get());
    long generation = answerRules.listed().generation();
    RewritePlan plan = RewritePlan.of(message, rules);
    // Before the answer leaves: whoever gets it may ask for the target at once. The plan has
    // followed these aliases itself, so what is known since then through them changes nothing.
    generation += names.remember(plan.inherited());
    if (plan.blocked() > 0) {
      reportBlocked(plan);
    }
    DomainName qname = domainName(message.getQuestion().getName());
    Basis basis = new Basis(rules, generation, plan.fakeTtlSeconds());
    acquire(
        new Acquisition(plan, new Asked(qname, asker.account()), basis, ttls, keeper, done), true);
  }

  /** A name that leads to the gateway itself is an attack or a mistake; either should be seen. */
  private void reportBlocked(RewritePlan plan) {
    parts.metrics().unmappable.add(plan.blocked());
    long now = parts.nanoClock().getAsLong();
    if (blockedReported && now - lastBlockedReport < BLOCKED_REPORT_GAP_NANOS) {
      unreported++;
      return;
    }
    LOG.warn(
        "addresses that must not be mapped were left out of an answer reason=\"{}\" suppressed={}",
        plan.blockedReason(),
        unreported);
    blockedReported = true;
    lastBlockedReport = now;
    unreported = 0;
  }

  /** Mappings first, the answer after the kernel has them. */
  private void acquire(Acquisition acquisition, boolean again) {
    Map<RouteId, List<IpAddress>> wanted = new LinkedHashMap<>();
    for (RealAddress real : acquisition.plan.reals()) {
      wanted.computeIfAbsent(real.route(), route -> new ArrayList<>()).add(real.real());
    }
    acquisition.routesLeft = wanted.size();
    acquisition.again = again;
    if (wanted.isEmpty()) {
      finish(acquisition);
      return;
    }
    wanted.forEach(
        (route, reals) ->
            parts
                .nat()
                .acquire(
                    new Wanted(route, acquisition.asked.qname(), reals, acquisition.asked.client()),
                    loop,
                    result ->
                        parts.guarded(
                            acquisition.done,
                            () -> onAcquired(acquisition, route, reals, result))));
  }

  private void onAcquired(
      Acquisition acquisition, RouteId route, List<IpAddress> reals, AcquireResult result) {
    for (int i = 0; i < reals.size(); i++) {
      AcquireResult.Outcome outcome = result.outcomes().get(i);
      if (outcome instanceof AcquireResult.Mapped mapped) {
        acquisition.mappings.put(new RealAddress(route, reals.get(i)), mapped.mapping());
      } else {
        acquisition.refused = ((AcquireResult.Refused) outcome).cause();
      }
    }
    if (--acquisition.routesLeft == 0) {
      finish(acquisition);
    }
  }

  private void finish(Acquisition acquisition) {
    long left = leaseLeftSeconds(acquisition.mappings.values());
    if (left > 0) {
      acquisition.done.accept(resolution(acquisition, left));
    } else if (acquisition.again) {
      // We were away for longer than a lease (I3): what the kernel holds may be gone by now.
      acquire(acquisition, false);
    } else {
      acquisition.done.accept(new Resolution.Failure(FailureCause.KERNEL_LATE));
    }
  }

  /** How long the fakes may be promised; without any it is for ever. */
  private long leaseLeftSeconds(Collection<Mapping> mappings) {
    long now = parts.nanoClock().getAsLong();
    long shortest = Long.MAX_VALUE;
    for (Mapping mapping : mappings) {
      shortest = Math.min(shortest, mapping.leaseLeftNanos(now));
    }
    return TimeUnit.NANOSECONDS.toSeconds(shortest) - LEASE_GRACE_SECONDS;
  }

  private Resolution resolution(Acquisition acquisition, long leaseLeft) {
    RewritePlan.Outcome outcome =
        acquisition.plan.apply(acquisition::fake, acquisition.basis.fakeTtl());
    if (outcome instanceof RewritePlan.Rewritten rewritten) {
      noteNames(acquisition.asked.qname(), rewritten.message(), acquisition.mappings.values());
      SteeredAnswer answer =
          new SteeredAnswer(
              MessageEncoder.store(rewritten.message(), rewritten.limited()),
              acquisition.basis.rules(),
              acquisition.basis.generation(),
              acquisition.basis.fakeTtl(),
              List.copyOf(acquisition.mappings.values()),
              rewritten.ede());
      // An answer that lacks an address is for this moment only.
      if (acquisition.keeper != null && acquisition.refused == null) {
        acquisition.keeper.steered(answer);
      }
      return resolution(answer, acquisition.ttls, leaseLeft);
    }
    RewritePlan.Cause cause = ((RewritePlan.Failed) outcome).cause();
    if (cause == RewritePlan.Cause.NOTHING_MAPPED && acquisition.refused != null) {
      return new Resolution.Failure(FailureCause.of(acquisition.refused));
    }
    return new Resolution.Failure(FailureCause.ALIAS_CHAIN);
  }

  /** A PTR query for a fake is answered with the names that led to it. */
  private void noteNames(DomainName qname, Message answer, Collection<Mapping> mappings) {
    Name asked = answer.getQuestion().getName();
    for (Record each : answer.getSection(Section.ANSWER)) {
      if (each instanceof ARecord || each instanceof AAAARecord) {
        Family family = each instanceof ARecord ? Family.IPV4 : Family.IPV6;
        IpAddress fake = IpAddress.ofBytes(family, RecordData.of(each), 0);
        for (Mapping mapping : mappings) {
          if (mapping.fake().equals(fake)) {
            parts.nat().noteName(mapping, qname);
            if (!each.getName().equals(asked)) {
              parts.nat().noteName(mapping, domainName(each.getName()));
            }
          }
        }
      }
    }
  }

  private static DomainName domainName(Name name) {
    byte[] wire = name.toWireCanonical();
    return DomainName.ofCanonical(wire, wire.length);
  }

  private Resolution resolution(SteeredAnswer answer, Ttls ttls, long leaseLeft) {
    parts.metrics().steered.increment();
    long limit = Math.min(answer.fakeTtlSeconds(), leaseLeft);
    return new Resolution.Stored(answer.response(), ttls.limited(limit), answer.ede());
  }

  /**
   * Who asked for what.
   *
   * @param qname what leads to all addresses of the response, through whatever aliases
   */
  private record Asked(DomainName qname, @Nullable IpAddress client) {}

  /**
   * What one rewrite goes by, from its beginning to its end.
   *
   * @param generation of what is listed
   * @param fakeTtl upper bound of the TTL, in seconds
   */
  private record Basis(RewriteRules rules, long generation, int fakeTtl) {}

  /** One rewrite waiting for its mappings. */
  private static final class Acquisition {
    private final RewritePlan plan;
    private final Asked asked;
    private final Basis basis;
    private final Ttls ttls;
    private final @Nullable CachedResponse keeper;
    private final Consumer<Resolution> done;
    private final Map<RealAddress, Mapping> mappings = new HashMap<>();
    private boolean again;
    private int routesLeft;
    private AcquireResult.@Nullable Cause refused;

    Acquisition(
        RewritePlan plan,
        Asked asked,
        Basis basis,
        Ttls ttls,
        @Nullable CachedResponse keeper,
        Consumer<Resolution> done) {
      this.plan = plan;
      this.asked = asked;
      this.basis = basis;
      this.ttls = ttls;
      this.keeper = keeper;
      this.done = done;
    }

    @Nullable IpAddress fake(RealAddress real) {
      Mapping mapping = mappings.get(real);
      return mapping == null ? null : mapping.fake();
    }
  }
}
