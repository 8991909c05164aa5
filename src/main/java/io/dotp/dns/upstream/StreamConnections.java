package io.dotp.dns.upstream;

import io.dotp.metrics.UpstreamMetrics;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop, at most one per server that takes queries. A server that could not
 * be connected to is left alone for a moment, so that a flood of queries is no flood of handshakes.
 *
 * <p>Thread: the loop.
 */
final class StreamConnections {
  /** Retired connections that still wait for answers count too. */
  static final int MOST_OPEN = 256;

  private static final long HOLD_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final EventLoop loop;
  private final OwnSockets ownSockets;
  private final UpstreamTimings timings;
  private final RandomBits random;
  private final Bootstrap bootstrap;
  private final UpstreamMetrics metrics;
  private final LongSupplier nanoClock;

  /** By the server's index. */
  private final List<Way> ways = new ArrayList<>();

  private int open;
  private boolean closed;

  /** What there is of the way to one server. */
  private static final class Way {
    private @Nullable StreamConnection current;
    private @Nullable ConnectionFailure refusal;
    private long heldUntil;
  }

  /**
   * @param groups whose servers are connected to
   */
  StreamConnections(
      EventLoop loop,
      UpstreamGroups groups,
      RandomBits random,
      Bootstrap bootstrap,
      UpstreamMetrics metrics,
      LongSupplier nanoClock) {
    this.loop = loop;
    this.ownSockets = groups.ownSockets();
    this.timings = groups.timings();
    this.random = random;
    this.bootstrap = bootstrap;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  private Way way(UpstreamServer server) {
    while (ways.size() <= server.index()) {
      ways.add(new Way());
    }
    return ways.get(server.index());
  }

  OwnSockets ownSockets() {
    return ownSockets;
  }

  UpstreamTimings timings() {
    return timings;
  }

  RandomBits random() {
    return random;
  }

  Bootstrap bootstrap() {
    return bootstrap;
  }

  UpstreamMetrics metrics() {
    return metrics;
  }

  long now() {
    return nanoClock.getAsLong();
  }

  void onOpen(UpstreamServer server) {
    way(server).refusal = null;
  }

  void onClosed() {
    open--;
  }

  /** It closed before it was open; the reason says whether another address is worth a try. */
  ConnectionFailure onRefused(UpstreamServer server, ConnectionFailure reason) {
    if (server.takeNextAddress(now())) {
      return reason.orAgain();
    }
    Way way = way(server);
    way.refusal = reason;
    way.heldUntil = now() + HOLD_OFF_NANOS;
    return reason;
  }

  /** Why no connection is to be had. */
  ConnectionFailure lastFailure(UpstreamServer server) {
    ConnectionFailure refusal = way(server).refusal;
    return refusal == null ? ConnectionFailure.UNREACHABLE : refusal;
  }

  /** The connection for a query, perhaps not yet established; null when none is to be had now. */
  @Nullable StreamConnection lease(UpstreamServer server) {
    Way way = way(server);
    StreamConnection connection = way.current;
    if (connection != null && connection.takesQueries()) {
      return connection;
    }
    if (connection != null) {
      connection.retire();
    }
    StreamConnection opened = mayOpen(way) ? openTo(server) : null;
    way.current = opened;
    // Without a way to the server it is closed before anybody could wait on it.
    return opened != null && opened.takesQueries() ? opened : null;
  }

  private boolean mayOpen(Way way) {
    boolean held = way.refusal != null && way.heldUntil - now() > 0;
    if (open >= MOST_OPEN) {
      metrics.socketFailures.increment();
    }
    return !closed && !held && open < MOST_OPEN;
  }

  private StreamConnection openTo(UpstreamServer server) {
    open++;
    return StreamConnection.open(loop, server, this);
  }

  /** No more connections from here on; those with queries close with the last one. */
  void stop() {
    closed = true;
  }

  /** To be called when every query has ended. */
  void close() {
    stop();
    for (Way way : ways) {
      if (way.current != null) {
        way.current.close();
      }
    }
  }
}
