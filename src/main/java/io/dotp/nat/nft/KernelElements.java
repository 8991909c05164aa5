package io.dotp.nat.nft;

import io.dotp.ip.IpAddress;
import java.util.Map;
import java.util.Set;

/**
 * All elements that the kernel holds, both families together.
 *
 * @param map fake to real
 * @param reals addresses in nat_addr and nat_addr6
 */
public record KernelElements(Map<IpAddress, IpAddress> map, Set<IpAddress> reals) {
  public KernelElements {
    map = Map.copyOf(map);
    reals = Set.copyOf(reals);
  }
}
