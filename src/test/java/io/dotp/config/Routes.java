package io.dotp.config;

import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Routes for tests that are about something else. */
public final class Routes {
  private Routes() {}

  /** A route of kernel NAT for everybody, of names with all below them. */
  public static RouteConfig nat(
      RouteId id,
      List<DomainName> domains,
      @Nullable IpPrefix ipv4,
      @Nullable IpPrefix ipv6,
      boolean allowPrivateReal,
      HttpsRecords httpsRecords,
      @Nullable UpstreamConfig upstream) {
    return new RouteConfig(
        id,
        id.equals(RouteId.DEFAULT) ? "default" : "route" + id.index(),
        RouteNames.of(domains),
        Treatment.NAT,
        ipv4,
        ipv6,
        RouteRules.NONE,
        allowPrivateReal,
        httpsRecords,
        upstream,
        Duration.ofMinutes(1),
        Refusal.NXDOMAIN);
  }
}
