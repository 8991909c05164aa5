package io.dotp.nat;

import io.dotp.config.ClientLimits;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.metrics.WarningGate;
import io.dotp.nat.mapping.FakePool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each client may still take of the pools. Thread: nat. */
final class ClientQuotas {
  /*
   * Two limits on new mappings. The share of a pool counts what exists, so the pool itself keeps that
   * count, for as long as the mapping lasts, its rest included; it cannot be forgotten, and there are
   * never more counts than mappings.
   * The rate is a bucket of one minute's tokens, told by the moment at which it will be full again
   * (the generic cell rate algorithm). A full bucket says nothing that a missing one does not. Buckets
   * are therefore kept for MOST_CLIENTS at most and the one goes that was used longest ago; while
   * fewer clients than that come in a minute it is full. Who has so many addresses that it is not
   * gains nothing: an address never seen before has a full bucket, too.
   */
  static final int MOST_CLIENTS = 10_000;

  /** Any client may hold so many of a pool, however small it is. */
  static final int LEAST_SHARE = 64;

  private static final Logger LOG = LoggerFactory.getLogger(ClientQuotas.class);
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ClientLimits limits;
  private final NatMetrics metrics;
  private final WarningGate warnings = new WarningGate();

  /** When each bucket will be full; the one used longest ago first. */
  private final Map<IpAddress, Long> fullAt = new LinkedHashMap<>(16, 0.75f, true);

  ClientQuotas(ClientLimits limits, NatMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  /** Whether {@code client} may have one more mapping of {@code pool}; counts and tells if not. */
  boolean admits(IpAddress client, FakePool pool, long nowNanos) {
    if (pool.heldBy(client) < share(pool) && hasToken(client, nowNanos)) {
      return true;
    }
    metrics.clientLimited.increment();
    warnings.pass(
        nowNanos,
        suppressed ->
            LOG.warn(
                "a client wants more fakes than one may have, its queries fail client={} held={}"
                    + " route={} prefix={} suppressed={}; see --max-fakes-per-client,"
                    + " --max-pool-share",
                client,
                pool.heldBy(client),
                pool.route().name(),
                pool.prefix(),
                suppressed));
    return false;
  }

  private int share(FakePool pool) {
    int percent = limits.poolSharePercent();
    return percent >= 100
        ? Integer.MAX_VALUE
        : Math.max(LEAST_SHARE, (int) ((long) pool.size() * percent / 100));
  }

  private boolean hasToken(IpAddress client, long nowNanos) {
    return limits.fakesPerMinute() == 0 || missingNanos(client, nowNanos) + gap() <= MINUTE_NANOS;
  }

  /** Time until the bucket is full. */
  private long missingNanos(IpAddress client, long nowNanos) {
    Long full = fullAt.get(client);
    return full == null ? 0 : Math.max(0, full - nowNanos);
  }

  private long gap() {
    return MINUTE_NANOS / limits.fakesPerMinute();
  }

  /** Takes a token of a client that was admitted. */
  void charge(IpAddress client, long nowNanos) {
    if (limits.fakesPerMinute() == 0) {
      return;
    }
    fullAt.put(client, nowNanos + missingNanos(client, nowNanos) + gap());
    if (fullAt.size() > MOST_CLIENTS) {
      forgetOne(nowNanos);
    }
  }

  private void forgetOne(long nowNanos) {
    Map.Entry<IpAddress, Long> eldest = fullAt.entrySet().iterator().next();
    if (eldest.getValue() - nowNanos > 0) {
      metrics.clientsForgotten.increment();
    }
    fullAt.remove(eldest.getKey());
  }

  /** Clients whose bucket is kept. */
  int size() {
    return fullAt.size();
  }
}
