package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an earlier run left in the kernel, taken into the pools. Clients still hold these fakes, so
 * each keeps its real address whatever the hash would choose now; an element outside every pool has
 * nobody to look after it and must leave.
 *
 * @param adopted live from now on, with a fresh lease
 * @param strangers fakes outside every pool
 */
record Adoption(List<Mapping> adopted, List<IpAddress> strangers) {
  static Adoption into(
      Pools pools, Map<IpAddress, IpAddress> found, long nowNanos, long leaseNanos) {
    List<Mapping> adopted = new ArrayList<>(found.size());
    List<IpAddress> strangers = new ArrayList<>();
    found.forEach(
        (fake, real) -> {
          FakePool pool = pools.holding(fake);
          if (pool == null) {
            strangers.add(fake);
          } else {
            adopted.add(pool.adopt(fake, real, nowNanos, leaseNanos));
          }
        });
    return new Adoption(adopted, strangers);
  }
}
