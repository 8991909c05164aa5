package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.dns.message.ClientQuestion;
import io.dotp.dns.message.MessageDecoder;
import io.dotp.dns.message.QueryView;
import io.dotp.dns.upstream.UpstreamClient;
import io.dotp.dns.upstream.UpstreamQuery;
import io.dotp.dns.upstream.UpstreamResult;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.DnsMetrics;
import io.dotp.nat.AcquireResult;
import io.dotp.nat.NatController;
import io.dotp.nat.mapping.Mapping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Message;

/**
 * Answers one loop's queries. A response that mentions no listed name goes through as bytes; any
 * other is decoded, its real addresses get fakes that the kernel has acknowledged, and it is
 * rewritten. Thread: its loop.
 */
public final class Resolver {
  private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

  /** A lease outlives every TTL that was given with it by this much. */
  private static final long LEASE_GRACE_SECONDS = 60;

  /** One warning of a kind every 10 s, with the count of those held back. */
  private static final long BLOCKED_REPORT_GAP_NANOS = 10_000_000_000L;

  private final ScheduledExecutorService loop;
  private final UpstreamClient upstream;
  private final ResolverParts parts;
  private boolean blockedReported;
  private long lastBlockedReport;
  private long unreported;

  /**
   * What the resolvers of all loops share.
   *
   * @param rules read once per response: own addresses come and go
   * @param fakeTtlSeconds upper bound of the TTL in rewritten answers
   */
  public record ResolverParts(
      InflightQueries inflight,
      NatController nat,
      Supplier<RewriteRules> rules,
      int fakeTtlSeconds,
      DnsMetrics metrics,
      LongSupplier nanoClock) {}

  public Resolver(ScheduledExecutorService loop, UpstreamClient upstream, ResolverParts parts) {
    this.loop = loop;
    this.upstream = upstream;
    this.parts = parts;
  }

  /**
   * {@code done} runs on the loop, exactly once, at latest when the upstream budget and the commit
   * deadline are spent.
   *
   * @param query what is asked; read before this method returns and not kept
   * @param client who asks, for the letters of its question
   */
  public void resolve(QueryView query, ClientQuestion client, Consumer<Resolution> done) {
    UpstreamQuery asked =
        new UpstreamQuery(
            query.name().toDomainName(),
            query.qtype(),
            query.qclass(),
            query.recursionDesired(),
            query.checkingDisabled(),
            query.dnssecOk(),
            0);
    parts.inflight.ask(
        asked, upstream, loop, result -> guarded(done, () -> answer(result, client, done)));
  }

  private void answer(UpstreamResult result, ClientQuestion client, Consumer<Resolution> done) {
    if (result instanceof UpstreamResult.Failed failed) {
      done.accept(new Resolution.Failure(FailureCause.of(failed.cause())));
      return;
    }
    UpstreamResult.Received received = (UpstreamResult.Received) result;
    if (received.facts().mentionsListed()) {
      rewrite(received, client, done);
    } else {
      done.accept(new Resolution.Raw(received.message(), received.facts()));
    }
  }

  private void rewrite(
      UpstreamResult.Received received, ClientQuestion client, Consumer<Resolution> done) {
    Message response = MessageDecoder.decode(received.message(), received.facts(), client);
    received.message().release();
    if (response == null) {
      done.accept(new Resolution.Failure(FailureCause.RESPONSE_UNREADABLE));
      return;
    }
    RewritePlan plan = RewritePlan.of(response, parts.rules.get());
    if (plan.blocked() > 0) {
      reportBlocked(plan);
    }
    acquire(plan, true, done);
  }

  /** A name that leads to the gateway itself is an attack or a mistake; either should be seen. */
  private void reportBlocked(RewritePlan plan) {
    parts.metrics.unmappable.add(plan.blocked());
    long now = parts.nanoClock.getAsLong();
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

  /** Steps 8 and 9 of a query's life: mappings first, the answer after the kernel has them. */
  private void acquire(RewritePlan plan, boolean again, Consumer<Resolution> done) {
    Map<RouteId, List<IpAddress>> wanted = new LinkedHashMap<>();
    for (RealAddress real : plan.reals()) {
      wanted.computeIfAbsent(real.route(), route -> new ArrayList<>()).add(real.real());
    }
    Acquisition acquisition = new Acquisition(plan, wanted.size(), again, done);
    if (wanted.isEmpty()) {
      finish(acquisition);
      return;
    }
    wanted.forEach(
        (route, reals) ->
            parts.nat.acquire(
                route,
                reals,
                loop,
                result -> guarded(done, () -> onAcquired(acquisition, route, reals, result))));
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
    long now = parts.nanoClock.getAsLong();
    Map<RealAddress, RewritePlan.Grant> grants = new HashMap<>();
    for (Map.Entry<RealAddress, Mapping> entry : acquisition.mappings.entrySet()) {
      long left = TimeUnit.NANOSECONDS.toSeconds(entry.getValue().leaseLeftNanos(now));
      if (left <= LEASE_GRACE_SECONDS) {
        // We were away for longer than a lease (I3): what the kernel holds may be gone by now.
        retryOrFail(acquisition);
        return;
      }
      grants.put(
          entry.getKey(),
          new RewritePlan.Grant(entry.getValue().fake(), left - LEASE_GRACE_SECONDS));
    }
    RewritePlan.Outcome outcome = acquisition.plan.apply(grants::get, parts.fakeTtlSeconds);
    acquisition.done.accept(resolution(outcome, acquisition.refused));
  }

  private void retryOrFail(Acquisition acquisition) {
    if (acquisition.again) {
      acquire(acquisition.plan, false, acquisition.done);
    } else {
      acquisition.done.accept(new Resolution.Failure(FailureCause.KERNEL_LATE));
    }
  }

  private Resolution resolution(
      RewritePlan.Outcome outcome, AcquireResult.@Nullable Cause refused) {
    if (outcome instanceof RewritePlan.Rewritten rewritten) {
      parts.metrics.steered.increment();
      return new Resolution.Answer(rewritten.message(), rewritten.ede());
    }
    RewritePlan.Cause cause = ((RewritePlan.Failed) outcome).cause();
    if (cause == RewritePlan.Cause.NOTHING_MAPPED && refused != null) {
      return new Resolution.Failure(FailureCause.of(refused));
    }
    return new Resolution.Failure(FailureCause.ALIAS_CHAIN);
  }

  /** A fault of ours costs one query its answer, never the loop or the other waiters. */
  private void guarded(Consumer<Resolution> done, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      parts.metrics.bugs.increment();
      LOG.error("bug in the resolver, this query fails", e);
      done.accept(new Resolution.Failure(FailureCause.BUG));
    }
  }

  /** One rewrite waiting for its mappings. */
  private static final class Acquisition {
    private final RewritePlan plan;
    private final boolean again;
    private final Consumer<Resolution> done;
    private final Map<RealAddress, Mapping> mappings = new HashMap<>();
    private int routesLeft;
    private AcquireResult.@Nullable Cause refused;

    Acquisition(RewritePlan plan, int routesLeft, boolean again, Consumer<Resolution> done) {
      this.plan = plan;
      this.routesLeft = routesLeft;
      this.again = again;
      this.done = done;
    }
  }
}
