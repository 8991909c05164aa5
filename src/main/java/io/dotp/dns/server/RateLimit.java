package io.dotp.dns.server;

import io.dotp.ip.IpAddress;
import io.dotp.metrics.WarningGate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many queries a second one client may ask, over all loops together. Programs on the gateway
 * itself are not limited: a resolver there asks for everybody. Thread: any.
 */
final class RateLimit {
  private static final Logger LOG = LoggerFactory.getLogger(RateLimit.class);

  private final @Nullable TokenBuckets buckets;
  private final ClientIdentity identity;
  private final WarningGate warnings = new WarningGate();

  /**
   * @param perSecond 0 for any number
   */
  RateLimit(int perSecond, ClientIdentity identity) {
    this.buckets = perSecond == 0 ? null : new TokenBuckets(perSecond);
    this.identity = identity;
  }

  /**
   * Whether one more query of this client is taken in.
   *
   * @param client not IPv4-mapped
   */
  boolean admits(IpAddress client, long nowNanos) {
    TokenBuckets limited = buckets;
    if (limited == null || limited.take(identity.of(client), nowNanos)) {
      return true;
    }
    // Asked last: who keeps to the limit needs no exception from it.
    if (identity.isGateway(client)) {
      return true;
    }
    warnings.pass(
        nowNanos,
        suppressed ->
            LOG.warn(
                "a client asks more than --rate-limit allows client={} suppressed={}",
                client,
                suppressed));
    return false;
  }
}
