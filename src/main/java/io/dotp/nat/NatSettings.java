package io.dotp.nat;

import io.dotp.config.NatConfig;
import io.dotp.config.RouteConfig;
import io.dotp.ip.Family;
import java.util.List;

/**
 * What the NAT writer needs to know.
 *
 * @param nat lease and quarantine
 * @param routes the routes in the order of their indexes, with their pools
 * @param poolKey decides which fake a real address gets
 * @param capacityIpv4 mappings that the kernel's sets hold at most
 * @param capacityIpv6 likewise for IPv6
 */
public record NatSettings(
    NatConfig nat, List<RouteConfig> routes, PoolKey poolKey, int capacityIpv4, int capacityIpv6) {
  public NatSettings {
    routes = List.copyOf(routes);
  }

  int capacity(Family family) {
    return family == Family.IPV4 ? capacityIpv4 : capacityIpv6;
  }
}
