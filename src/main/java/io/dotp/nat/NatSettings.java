package io.dotp.nat;

import io.dotp.config.HostRules;
import io.dotp.config.MappingKey;
import io.dotp.config.NatConfig;
import io.dotp.config.RouteConfig;
import java.time.Duration;
import java.util.List;

/**
 * What the NAT writer needs to know.
 *
 * @param nat lease, quarantine, and how fakes are chosen
 * @param routes the routes with their pools
 * @param host what the kernel does for all routes together
 * @param poolKey decides which fake an owner gets
 */
public record NatSettings(
    NatConfig nat, List<RouteConfig> routes, HostRules host, PoolKey poolKey) {
  /** An answer is made a moment after the renewal and counts in whole seconds. */
  private static final Duration MOMENT = Duration.ofSeconds(1);

  public NatSettings {
    routes = List.copyOf(routes);
  }

  /** With nothing of what the kernel does beside the treatments. */
  public NatSettings(NatConfig nat, List<RouteConfig> routes, PoolKey poolKey) {
    this(nat, routes, HostRules.PRESET, poolKey);
  }

  /** Whether every name has fakes of its own. */
  boolean namesAreKeys() {
    return nat.pool().mappingKey() == MappingKey.NAME_ADDRESS;
  }

  /** Length of a lease: at least {@code nat-ttl} for whoever looks at it within a second. */
  long leaseNanos() {
    return nat.natTtl().plus(MOMENT).toNanos();
  }
}
