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
import java.util.function.Consumer;

/**
 * Equal questions under way are one upstream query for the whole process: fewer packets, and no
 * birthday odds for somebody who guesses answers. The first asker's loop asks; the others are
 * completed on their own loops. Thread: any loop.
 */
public final class InflightQueries {
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
   */
  void ask(
      UpstreamQuery query, UpstreamClient client, Executor loop, Consumer<UpstreamResult> done) {
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
      client.ask(query, result -> land(query, loop, result));
    } else {
      metrics.coalesced.increment();
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
        waiter.done.accept(share);
      } else {
        waiter.loop.execute(() -> waiter.done.accept(share));
      }
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
