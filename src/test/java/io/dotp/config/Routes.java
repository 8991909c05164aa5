package io.dotp.config;

import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Routes for tests that are about something else. */
public final class Routes {
  private static final String WORD = "route";

  private Routes() {}

  /** A name for the route in this place; the first one is that of the flags. */
  public static RouteId id(int place) {
    return place == 0 ? RouteId.DEFAULT : new RouteId(WORD + place);
  }

  /** The place that {@link #id} made {@code route} of. */
  public static int place(RouteId route) {
    return route.equals(RouteId.DEFAULT)
        ? 0
        : Integer.parseInt(route.name().substring(WORD.length()));
  }

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
