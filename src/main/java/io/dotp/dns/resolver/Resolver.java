package io.dotp.dns.resolver;

import io.dotp.dns.message.LocalAnswer;
import io.dotp.dns.message.QueryView;
import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.ResponseWalk;
import io.dotp.dns.message.StoredResponse;
import io.dotp.dns.message.Ttls;
import io.dotp.dns.upstream.UpstreamClient;
import io.dotp.dns.upstream.UpstreamQuery;
import io.dotp.dns.upstream.UpstreamResult;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.DnsMetrics;
import io.dotp.nat.NatController;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one loop's queries: by itself, from the cache, or by asking upstream. A response that
 * mentions no listed name goes through as bytes; any other is rewritten. Thread: its loop.
 */
public final class Resolver {
  private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

  /**
   * How long a client waits for a fresh answer while a stale one is at hand, RFC 8767 section 5.
   */
  private static final long STALE_AFTER_MILLIS = 1_800;

  /** INFO-CODEs of RFC 8914. */
  private static final int EDE_STALE_ANSWER = 3;

  private static final int EDE_STALE_NXDOMAIN_ANSWER = 19;

  private final ScheduledExecutorService loop;
  private final UpstreamClient upstream;
  private final ResolverParts parts;
  private final Rewriter rewriter;
  private final ResponseWalk walk = new ResponseWalk();

  /**
   * What the resolvers of all loops share.
   *
   * @param rules read once per step of a query: they may be replaced between two
   * @param own the gateway's own addresses, which come and go
   */
  public record ResolverParts(
      InflightQueries inflight,
      ResponseCache cache,
      NatController nat,
      Supplier<AnswerRules> rules,
      Supplier<Set<IpAddress>> own,
      DnsMetrics metrics,
      LongSupplier nanoClock) {
    /** A fault of ours costs one query its answer, never the loop or the other waiters. */
    void guarded(Consumer<Resolution> done, Runnable step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        metrics.bugs.increment();
        LOG.error("bug in the resolver, this query fails", e);
        done.accept(new Resolution.Failure(FailureCause.BUG));
      }
    }
  }

  /** What is known of a query before anybody is asked; good until the next event of the loop. */
  public static final class Lookup {
    private final UpstreamQuery query;
    private final IpAddress client;
    private final @Nullable CachedResponse cached;
    private final @Nullable Resolution answer;

    /** What a hosts file says of a listed name: it waits for fakes. */
    private final @Nullable StoredResponse unsteered;

    private Lookup(
        UpstreamQuery query,
        IpAddress client,
        @Nullable CachedResponse cached,
        @Nullable Resolution answer,
        @Nullable StoredResponse unsteered) {
      this.query = query;
      this.client = client;
      this.cached = cached;
      this.answer = answer;
      this.unsteered = unsteered;
    }

    /** The answer, if it needs nobody else; null when {@link Resolver#resolve} has to be called. */
    public @Nullable Resolution answer() {
      return answer;
    }
  }

  public Resolver(ScheduledExecutorService loop, UpstreamClient upstream, ResolverParts parts) {
    this.loop = loop;
    this.upstream = upstream;
    this.parts = parts;
    this.rewriter = new Rewriter(loop, parts);
  }

  /**
   * Looks for an answer that can be given at once.
   *
   * @param query what is asked; not kept
   * @param client who asks, not IPv4-mapped
   */
  public Lookup look(QueryView query, IpAddress client) {
    AnswerRules rules = parts.rules.get();
    ClientNames names = rules.listed().of(client);
    UpstreamQuery asked =
        new UpstreamQuery(
            query.name().toDomainName(),
            query.qtype(),
            query.qclass(),
            query.recursionDesired(),
            query.checkingDisabled(),
            query.dnssecOk(),
            names.group(query.name()));
    LocalAnswer local =
        rules.local().answer(query.name(), query.qtype(), query.qclass(), names.claimed());
    if (local == null || local.isSteerable()) {
      LocalAnswer refusal = refusal(rules, names, query);
      if (refusal != null) {
        parts.metrics.refusedByRoute.increment();
        return new Lookup(asked, client, null, new Resolution.Local(refusal), null);
      }
    }
    if (local != null) {
      parts.metrics.localAnswers.increment();
      boolean steered = local.isSteerable() && names.test(query.name());
      return steered
          ? new Lookup(asked, client, null, null, local.toResponse(query))
          : new Lookup(asked, client, null, new Resolution.Local(local), null);
    }
    CachedResponse cached = parts.cache.get(asked);
    long now = parts.nanoClock.getAsLong();
    if (cached == null || !cached.isFresh(now)) {
      return new Lookup(asked, client, cached, null, null);
    }
    parts.metrics.cacheHits.increment();
    Resolution answer =
        mentionsListed(cached, client)
            ? rewriter.repeat(cached, names, now)
            : new Resolution.Stored(cached.response(), Ttls.aged(cached.ageSeconds(now)), null);
    return new Lookup(asked, client, cached, answer, null);
  }

  private static @Nullable LocalAnswer refusal(
      AnswerRules rules, ClientNames names, QueryView query) {
    return rules.refusals().isEmpty() || query.qclass() != DnsRecord.CLASS_IN
        ? null
        : rules.refusals().of(names.own(query.name()), query.name());
  }

  /** A name may have become listed since the response came: as the target of an alias. */
  private boolean mentionsListed(CachedResponse cached, IpAddress client) {
    CachedResponse.Listing listing = cached.listing();
    ListedNames listed = parts.rules.get().listed();
    long generation = listed.generation();
    if (listing.generation() != generation) {
      ResponseFacts facts = walk.walk(cached.response().bytes().duplicate(), listed);
      listing = new CachedResponse.Listing(generation, facts == null || facts.mentionsListed());
      cached.listing(listing);
    }
    return listing.mentionsListed() && isSteered(cached.response().bytes(), client);
  }

  /** Whether a response that may be steered for somebody is steered for this client. */
  private boolean isSteered(ByteBuf response, IpAddress client) {
    ListedNames listed = parts.rules.get().listed();
    if (listed.isUniform()) {
      return true;
    }
    ResponseFacts facts = walk.walk(response.duplicate(), listed.of(client));
    return facts == null || facts.mentionsListed();
  }

  /**
   * Answers what could not be answered at once; {@code done} runs on the loop, exactly once, at
   * latest when the upstream budget and the commit deadline are spent.
   *
   * @param lookup of this query, made a moment ago
   * @param account on whose account new fakes are given out, null for nobody's
   */
  public void resolve(Lookup lookup, @Nullable IpAddress account, Consumer<Resolution> done) {
    Asker asker = new Asker(lookup.client, account);
    StoredResponse unsteered = lookup.unsteered;
    if (unsteered != null) {
      parts.guarded(
          done,
          () ->
              rewriter.rewrite(
                  unsteered.bytes(), unsteered.facts(), Ttls.aged(0), null, asker, done));
      return;
    }
    CachedResponse cached = lookup.cached;
    if (cached != null && cached.isFresh(parts.nanoClock.getAsLong())) {
      parts.guarded(done, () -> fromCache(cached, false, asker, done));
      return;
    }
    long generation = parts.rules.get().listed().generation();
    Waiting waiting = new Waiting(lookup.query, cached, asker, done);
    parts.inflight.ask(
        lookup.query,
        upstream,
        loop,
        result -> parts.cache.keep(lookup.query, result, generation),
        result -> parts.guarded(done, () -> waiting.onResult(result)));
    waiting.startTimer();
  }

  private void fromCache(
      CachedResponse cached, boolean stale, Asker asker, Consumer<Resolution> done) {
    if (stale) {
      parts.metrics.staleAnswers.increment();
    }
    Ttls ttls = stale ? Ttls.STALE : Ttls.aged(cached.ageSeconds(parts.nanoClock.getAsLong()));
    if (mentionsListed(cached, asker.address())) {
      StoredResponse response = cached.response();
      rewriter.rewrite(response.bytes(), response.facts(), ttls, cached, asker, done);
      return;
    }
    done.accept(new Resolution.Stored(cached.response(), ttls, stale ? staleEde(cached) : null));
  }

  /** RFC 8914 sections 4.4 and 4.20. */
  private static int staleEde(CachedResponse cached) {
    boolean nxdomain = cached.response().facts().rcode() == DnsResponseCode.NXDOMAIN.intValue();
    return nxdomain ? EDE_STALE_NXDOMAIN_ANSWER : EDE_STALE_ANSWER;
  }

  /** One query on its way upstream, perhaps with a stale answer in reserve. */
  private final class Waiting {
    private final UpstreamQuery query;
    private final @Nullable CachedResponse reserve;
    private final Asker asker;
    private final Consumer<Resolution> done;
    private @Nullable ScheduledFuture<?> timer;
    private boolean ended;

    Waiting(
        UpstreamQuery query,
        @Nullable CachedResponse reserve,
        Asker asker,
        Consumer<Resolution> done) {
      this.query = query;
      this.reserve = reserve;
      this.asker = asker;
      this.done = done;
    }

    void startTimer() {
      if (reserve != null && !ended) {
        timer =
            loop.schedule(
                () -> parts.guarded(done, this::onTimer),
                STALE_AFTER_MILLIS,
                TimeUnit.MILLISECONDS);
      }
    }

    private void onTimer() {
      if (!ended && reserve != null) {
        ended = true;
        fromCache(reserve, true, asker, done);
      }
    }

    void onResult(UpstreamResult result) {
      if (timer != null) {
        timer.cancel(false);
      }
      UpstreamResult.Received received =
          result instanceof UpstreamResult.Received come ? come : null;
      if (ended) {
        if (received != null) {
          received.message().release();
        }
        return;
      }
      ended = true;
      if (received != null) {
        answer(received);
      } else if (reserve != null) {
        fromCache(reserve, true, asker, done);
      } else {
        done.accept(
            new Resolution.Failure(FailureCause.of(((UpstreamResult.Failed) result).cause())));
      }
    }

    private void answer(UpstreamResult.Received received) {
      boolean steered =
          received.facts().mentionsListed() && isSteered(received.message(), asker.address());
      if (steered) {
        try {
          rewriter.rewrite(
              received.message(),
              received.facts(),
              Ttls.aged(0),
              parts.cache.get(query),
              asker,
              done);
        } finally {
          received.message().release();
        }
      } else {
        done.accept(new Resolution.Raw(received.message(), received.facts()));
      }
    }
  }
}
