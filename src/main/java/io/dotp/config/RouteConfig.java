package io.dotp.config;

import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One route: names, pools, treatment. So far every route is treated by kernel NAT.
 *
 * @param id its place in the configuration
 * @param name for logs and metrics
 * @param domains names to steer, each with everything below it
 * @param ipv4Prefix pool of IPv4 fakes, null for none
 * @param ipv6Prefix pool of IPv6 fakes, null for none
 * @param allowPrivateReal whether private addresses may be real addresses of this route
 * @param httpsRecords what becomes of HTTPS and SVCB records
 * @param upstream whom to ask for its names, null for those that are asked for all others
 */
public record RouteConfig(
    RouteId id,
    String name,
    List<DomainName> domains,
    @Nullable IpPrefix ipv4Prefix,
    @Nullable IpPrefix ipv6Prefix,
    boolean allowPrivateReal,
    HttpsRecords httpsRecords,
    @Nullable UpstreamConfig upstream) {
  public RouteConfig {
    domains = List.copyOf(domains);
  }

  /** The pool of {@code family}, null for none. */
  public @Nullable IpPrefix prefix(Family family) {
    return family == Family.IPV4 ? ipv4Prefix : ipv6Prefix;
  }
}
