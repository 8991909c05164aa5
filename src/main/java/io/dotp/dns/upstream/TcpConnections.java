package io.dotp.dns.upstream;

import io.dotp.metrics.UpstreamMetrics;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TCP connections of one loop, at most one per server that takes queries. Thread: the loop. */
final class TcpConnections {
  private static final Logger LOG = LoggerFactory.getLogger(TcpConnections.class);

  /** Retired connections that still wait for answers count too. */
  static final int MOST_OPEN = 256;

  private final EventLoop loop;
  private final OwnSockets ownSockets;
  private final UpstreamTimings timings;
  private final RandomBits random;
  private final UpstreamMetrics metrics;
  private final @Nullable TcpConnection[] current;
  private int open;

  /**
   * @param groups whose servers are connected to
   */
  TcpConnections(
      EventLoop loop, UpstreamGroups groups, RandomBits random, UpstreamMetrics metrics) {
    this.loop = loop;
    this.ownSockets = groups.ownSockets();
    this.timings = groups.timings();
    this.random = random;
    this.metrics = metrics;
    this.current = new TcpConnection[groups.servers()];
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

  UpstreamMetrics metrics() {
    return metrics;
  }

  void onClosed() {
    open--;
  }

  /** The connection for a query, perhaps not yet established; null when none is to be had now. */
  @Nullable TcpConnection lease(UpstreamServer server) {
    TcpConnection connection = current[server.index()];
    if (connection != null && connection.takesQueries()) {
      return connection;
    }
    if (connection != null) {
      connection.retire();
    }
    TcpConnection opened = openTo(server);
    current[server.index()] = opened;
    // Without a way to the server it is closed before anybody could wait on it.
    return opened != null && opened.takesQueries() ? opened : null;
  }

  private @Nullable TcpConnection openTo(UpstreamServer server) {
    if (open >= MOST_OPEN) {
      metrics.socketFailures.increment();
      return null;
    }
    try {
      open++;
      return TcpConnection.open(loop, server, this);
    } catch (ChannelException e) {
      open--;
      metrics.socketFailures.increment();
      LOG.debug("no socket server={} reason=\"{}\"", server, e.getMessage());
      return null;
    }
  }

  /** To be called when every query has ended. */
  void close() {
    for (TcpConnection connection : current) {
      if (connection != null) {
        connection.close();
      }
    }
  }
}
