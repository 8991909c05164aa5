package io.dotp.dns.resolver;

import io.dotp.dns.upstream.UpstreamClient;
import io.dotp.dns.upstream.UpstreamQuery;
import io.dotp.dns.upstream.UpstreamResult;
import io.dotp.metrics.DnsMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Equal questions under way are one upstream query for the whole process: fewer packets, and no
 * birthday odds for somebody who guesses answers. The first asker's loop asks; the others are
 * completed on their own loops. Thread: any loop.
 */
public final class InflightQueries {
  private static final Logger LOG = LoggerFactory.getLogger(InflightQueries.class);

  private final ConcurrentMap<UpstreamQuery, Flight> flights = new ConcurrentHashMap<>();
  private final DnsMetrics metrics;

  public InflightQueries(DnsMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Asks, or joins who is already asking.
   *
   * @param client of the calling loop
   * @param loop the calling loop; {@code done} runs on it, exactly once
   * @param landed runs once for all who asked, before any of them; borrows the result
   */
  void ask(
      UpstreamQuery query,
      UpstreamClient client,
      Executor loop,
      Consumer<UpstreamResult> landed,
      Consumer<UpstreamResult> done) {
    boolean[] first = {false};
    flights.compute(
        query,
        (key, flight) -> {
          first[0] = flight == null;
          Flight joined = flight == null ? new Flight() : flight;
          joined.waiters.add(new Waiter(loop, done));
          return joined;
        });
    if (first[0]) {
      start(query, client, loop, landed);
    } else {
      metrics.coalesced.increment();
    }
  }

  /** A query that cannot even begin must not leave the others waiting for it for ever. */
  private void start(
      UpstreamQuery query, UpstreamClient client, Executor loop, Consumer<UpstreamResult> landed) {
    boolean begun = false;
    try {
      client.ask(
          query,
          result -> {
            try {
              landed.accept(result);
            } finally {
              land(query, loop, result);
            }
          });
      begun = true;
    } finally {
      if (!begun && flights.containsKey(query)) {
        land(query, loop, new UpstreamResult.Failed(UpstreamResult.Cause.UNREACHABLE));
      }
    }
  }

  private void land(UpstreamQuery query, Executor landingLoop, UpstreamResult result) {
    // Waiters are added only while the entry exists, so the list is complete and ours from here on.
    Flight flight = flights.remove(query);
    if (flight == null) {
      throw new IllegalStateException("an upstream query ended twice");
    }
    for (int i = flight.waiters.size() - 1; i >= 0; i--) {
      Waiter waiter = flight.waiters.get(i);
      UpstreamResult share = i == 0 ? result : share(result);
      if (waiter.loop == landingLoop) {
        complete(waiter, share);
      } else {
        completeOnItsLoop(waiter, share);
      }
    }
  }

  private void completeOnItsLoop(Waiter waiter, UpstreamResult share) {
    try {
      waiter.loop.execute(() -> complete(waiter, share));
    } catch (RejectedExecutionException e) {
      // That loop has ended, and its clients with it.
      if (share instanceof UpstreamResult.Received received) {
        received.message().release();
      }
    }
  }

  /** One waiter's fault, or a shortage of memory, is not the other waiters' business. */
  private void complete(Waiter waiter, UpstreamResult share) {
    try {
      waiter.done.accept(share);
    } catch (RuntimeException | OutOfMemoryError e) {
      metrics.bugs.increment();
      LOG.error("an answer is lost", e);
    }
  }

  /** A second reference with indexes of its own: another loop must not move the first one's. */
  private static UpstreamResult share(UpstreamResult result) {
    return result instanceof UpstreamResult.Received received
        ? new UpstreamResult.Received(received.message().retainedDuplicate(), received.facts())
        : result;
  }

  /** One asker, and where it lives. */
  private record Waiter(Executor loop, Consumer<UpstreamResult> done) {}

  /** Who waits for one answer; guarded by the map's entry. */
  private static final class Flight {
    private final List<Waiter> waiters = new ArrayList<>(1);
  }
}
