package io.dotp.dns.upstream;

import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.ResponseWalk;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every query of one loop works with. Thread: the loop. */
record LoopParts(
    EventLoop loop,
    UpstreamTimings timings,
    UdpSockets sockets,
    StreamConnections connections,
    QueryEncoder encoder,
    ResponseWalk walk,
    Supplier<? extends Predicate<WireName>> listed,
    UpstreamMetrics metrics,
    LongSupplier nanoClock) {
  private static final Logger LOG = LoggerFactory.getLogger(LoopParts.class);

  /** Borrows the response; null when its body is malformed. */
  @Nullable ResponseFacts factsOf(ByteBuf response) {
    return walk.walk(response, listed.get());
  }

  /** Runs a step of a query; an exception is a bug and ends that query only. */
  void guarded(PendingQuery query, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug in an upstream query, it is given up", e);
      query.abort(UpstreamResult.Cause.TIMEOUT);
    }
  }

  long now() {
    return nanoClock.getAsLong();
  }
}
