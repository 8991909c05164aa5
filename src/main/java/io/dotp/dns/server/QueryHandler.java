package io.dotp.dns.server;

import io.dotp.dns.message.ClientQuestion;
import io.dotp.dns.message.QueryView;
import io.dotp.dns.resolver.FailureCause;
import io.dotp.dns.resolver.Resolution;
import io.dotp.dns.resolver.Resolver;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.DnsMetrics;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what the listeners of one loop receive: reads it, decides whether it may be asked, and
 * hands it to the resolver. Thread: its loop.
 */
final class QueryHandler {
  private static final Logger LOG = LoggerFactory.getLogger(QueryHandler.class);

  private final Resolver resolver;
  private final ClientRules rules;
  private final LongSupplier nanoClock;
  private final DnsMetrics metrics;
  private final QueryView view = new QueryView();
  private final InflightLimits inflight;
  private boolean draining;
  private @Nullable Runnable onDrained;

  /** What is asked about a client, the same for all loops. */
  record ClientRules(
      Admission admission,
      RateLimit rate,
      ClientIdentity identity,
      InflightLimits.Clients inflight) {}

  QueryHandler(Resolver resolver, ClientRules rules, LongSupplier nanoClock, DnsMetrics metrics) {
    this.resolver = resolver;
    this.rules = rules;
    this.inflight = new InflightLimits(rules.inflight);
    this.nanoClock = nanoClock;
    this.metrics = metrics;
  }

  /**
   * Borrows {@code message}.
   *
   * @return false when the bytes are no query and nothing will be sent for them
   */
  boolean handle(ByteBuf message, ReplyPath path) {
    try {
      return take(message, path);
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug while taking a query in, it is dropped", e);
      return false;
    }
  }

  private boolean take(ByteBuf message, ReplyPath path) {
    QueryView.Verdict verdict = view.read(message);
    if (verdict == QueryView.Verdict.NOT_A_QUERY) {
      metrics.droppedNotQuery.increment();
      return false;
    }
    IpAddress client = IpAddress.of(path.client().getAddress()).unmapped();
    boolean tooFast = !rules.rate.admits(client, nanoClock.getAsLong());
    if (tooFast && !path.isStream()) {
      // Before anything is made of it: silence is all that a flood may cost.
      metrics.rateLimitDropped.increment();
      return true;
    }
    ClientQuestion question = view.clientQuestion(message);
    ClientExchange exchange = new ClientExchange(question, path, metrics);
    FailureCause refusal =
        tooFast ? FailureCause.RATE_LIMITED : rules.admission.refusal(client, path.client());
    if (refusal != null) {
      countRefusal(refusal);
      exchange.respond(new Resolution.Failure(refusal));
      return true;
    }
    FailureCause rejection = FailureCause.of(verdict, view);
    if (rejection == null) {
      resolve(exchange, path, client);
    } else {
      exchange.respond(new Resolution.Failure(rejection));
    }
    return true;
  }

  private void countRefusal(FailureCause refusal) {
    switch (refusal) {
      case LOOP -> metrics.loops.increment();
      case RATE_LIMITED -> metrics.rateLimitRefused.increment();
      default -> metrics.refusedClients.increment();
    }
  }

  /** Only what has to wait for somebody else takes a place among the queries under way. */
  private void resolve(ClientExchange exchange, ReplyPath path, IpAddress address) {
    Resolver.Lookup lookup = resolver.look(view, address);
    Resolution ready = lookup.answer();
    if (ready != null) {
      exchange.respond(ready);
      return;
    }
    if (rules.admission.isEcho(address, path.client(), view, nanoClock.getAsLong())) {
      countRefusal(FailureCause.LOOP);
      exchange.respond(new Resolution.Failure(FailureCause.LOOP));
      return;
    }
    IpAddress client = rules.identity.of(address);
    if (draining || !inflight.enter(client)) {
      overLimit(exchange, path);
      return;
    }
    IpAddress account = rules.identity.isGateway(address) ? null : client;
    resolver.resolve(lookup, account, new Ending(exchange, client));
  }

  /** The end of one query, whatever goes wrong on the way there: it comes once. */
  private final class Ending implements Consumer<Resolution> {
    private final ClientExchange exchange;
    private final IpAddress client;
    private boolean over;

    Ending(ClientExchange exchange, IpAddress client) {
      this.exchange = exchange;
      this.client = client;
    }

    @Override
    public void accept(Resolution resolution) {
      if (!over) {
        over = true;
        inflight.leave(client);
      }
      // A second answer is the exchange's to refuse and to count.
      exchange.respond(resolution);
      endDrain();
    }
  }

  /** Somebody who floods over UDP gets silence, which is cheaper than an answer. */
  private void overLimit(ClientExchange exchange, ReplyPath path) {
    if (path.isStream()) {
      metrics.overLimitServFail.increment();
      exchange.respond(
          new Resolution.Failure(draining ? FailureCause.STOPPING : FailureCause.OVERLOADED));
    } else {
      metrics.overLimitDropped.increment();
    }
  }

  /** Takes no more; {@code drained} runs on this loop when the last query is answered. */
  void drain(Runnable drained) {
    draining = true;
    onDrained = drained;
    endDrain();
  }

  private void endDrain() {
    Runnable drained = onDrained;
    if (drained != null && inflight.total() == 0) {
      onDrained = null;
      drained.run();
    }
  }
}
