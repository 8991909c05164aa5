package io.dotp.dns.upstream;

import io.dotp.dns.message.ResponseWalk;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.name.WireName;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Asks the servers of a query's group on behalf of one loop, with sockets and connections of its
 * own.
 */
public final class UpstreamClient implements AutoCloseable {
  private final EventLoop loop;
  private final UpstreamGroups groups;
  private final LoopParts parts;
  private final Set<PendingQuery> pending = new HashSet<>();
  private boolean closed;

  /**
   * @param loop all of it happens there
   * @param groups shared with the other loops
   * @param listed asked once a response; whether a name is steered, for {@link
   *     io.dotp.dns.message.ResponseFacts#mentionsListed}
   */
  public UpstreamClient(
      EventLoop loop,
      UpstreamGroups groups,
      Supplier<? extends Predicate<WireName>> listed,
      UpstreamMetrics metrics,
      LongSupplier nanoClock) {
    this(loop, groups, listed, new SecureRandom(), metrics, nanoClock);
  }

  /**
   * @param random IDs and letter case; has to be unpredictable
   */
  UpstreamClient(
      EventLoop loop,
      UpstreamGroups groups,
      Supplier<? extends Predicate<WireName>> listed,
      RandomGenerator random,
      UpstreamMetrics metrics,
      LongSupplier nanoClock) {
    this.loop = loop;
    this.groups = groups;
    RandomBits bits = new RandomBits(random);
    this.parts =
        new LoopParts(
            loop,
            groups.timings(),
            new UdpSockets(loop, groups.ownSockets(), bits, metrics),
            new StreamConnections(
                loop, groups, bits, new Bootstrap(this::start, nanoClock), metrics, nanoClock),
            new QueryEncoder(bits, ByteBufAllocator.DEFAULT),
            new ResponseWalk(),
            listed,
            metrics,
            nanoClock);
  }

  /**
   * Asks; {@code done} runs on the loop, exactly once, within the budget of 4.5 s, and before this
   * method returns when the client is closed. Thread: the loop.
   */
  public void ask(UpstreamQuery query, Consumer<UpstreamResult> done) {
    if (closed) {
      done.accept(new UpstreamResult.Failed(UpstreamResult.Cause.STOPPING));
      return;
    }
    long now = parts.now();
    UpstreamGroup group = groups.get(query.group());
    List<UpstreamServer> inUse = group.inUse(now);
    UpstreamServer resting = group.takeProbe(inUse, now);
    groups.underWay().add(query);
    start(
        query,
        inUse,
        result -> {
          groups.underWay().remove(query);
          done.accept(result);
        });
    if (resting != null) {
      parts.metrics().probes.increment();
      start(query, List.of(resting), UpstreamClient::discard);
    }
  }

  private void start(
      UpstreamQuery query, List<UpstreamServer> servers, Consumer<UpstreamResult> done) {
    PendingQuery started = new PendingQuery(query, servers, parts, pending::remove, done);
    pending.add(started);
    parts.guarded(started, started::start);
  }

  /** What a probe was for has been noted by its server's health. */
  private static void discard(UpstreamResult result) {
    if (result instanceof UpstreamResult.Received received) {
      received.message().release();
    }
  }

  /** Ends what is under way with STOPPING and closes all sockets. Thread: any. */
  @Override
  public void close() {
    if (loop.inEventLoop()) {
      closeOnLoop();
    } else {
      loop.execute(this::closeOnLoop);
    }
  }

  private void closeOnLoop() {
    closed = true;
    parts.connections().stop();
    for (PendingQuery query : List.copyOf(pending)) {
      query.abort(UpstreamResult.Cause.STOPPING);
    }
    parts.sockets().close();
    parts.connections().close();
  }
}
