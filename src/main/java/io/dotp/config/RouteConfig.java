package io.dotp.config;

import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One route: names, pools, treatment.
 *
 * @param id by its name
 * @param names which names it has
 * @param treatment what becomes of them and of traffic to the pools
 * @param ipv4Prefix pool of IPv4 fakes, null for none
 * @param ipv6Prefix pool of IPv6 fakes, null for none
 * @param rules what the kernel does with traffic to the pools, beside the treatment
 * @param allowPrivateReal whether private addresses may be real addresses of this route
 * @param httpsRecords what becomes of HTTPS and SVCB records
 * @param upstream whom to ask for its names, null for those that are asked for all others
 * @param fakeTtl upper bound of the TTL in its rewritten answers
 * @param refusal what it answers if it refuses
 */
public record RouteConfig(
    RouteId id,
    RouteNames names,
    Treatment treatment,
    @Nullable IpPrefix ipv4Prefix,
    @Nullable IpPrefix ipv6Prefix,
    RouteRules rules,
    boolean allowPrivateReal,
    HttpsRecords httpsRecords,
    @Nullable UpstreamConfig upstream,
    Duration fakeTtl,
    Refusal refusal) {
  /** For logs and metrics. */
  public String name() {
    return id.name();
  }

  /** The pool of {@code family}, null for none. */
  public @Nullable IpPrefix prefix(Family family) {
    return family == Family.IPV4 ? ipv4Prefix : ipv6Prefix;
  }
}
