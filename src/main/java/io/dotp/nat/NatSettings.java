package io.dotp.nat;

import io.dotp.config.NatConfig;
import io.dotp.config.RouteConfig;
import io.dotp.ip.Family;
import io.dotp.nat.nft.OpenResult;
import java.util.List;

/**
 * What the NAT writer needs to know.
 *
 * @param nat lease and quarantine
 * @param routes the routes in the order of their indexes, with their pools
 * @param poolKey decides which fake a real address gets
 * @param capacityIpv4 mappings at most; the table may hold fewer
 * @param capacityIpv6 likewise for IPv6
 */
public record NatSettings(
    NatConfig nat, List<RouteConfig> routes, PoolKey poolKey, int capacityIpv4, int capacityIpv6) {
  public NatSettings {
    routes = List.copyOf(routes);
  }

  /** The same, within what the opened table can hold. */
  NatSettings within(OpenResult.Opened table) {
    return new NatSettings(
        nat,
        routes,
        poolKey,
        Math.min(capacityIpv4, table.capacityIpv4()),
        Math.min(capacityIpv6, table.capacityIpv6()));
  }

  int capacity(Family family) {
    return family == Family.IPV4 ? capacityIpv4 : capacityIpv6;
  }
}
