package io.dotp.nat;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What an earlier run left in the kernel, taken into the pools. Clients still hold these fakes, so
 * each keeps its real address whatever the hash would choose now; an element outside every pool has
 * nobody to look after it and must leave. The kernel knows no names; where they are keys, a fake
 * without a known name is nobody's: it works until its lease ends.
 *
 * @param adopted live from now on, with a fresh lease
 * @param strangers fakes outside every pool
 */
record Adoption(List<Mapping> adopted, List<IpAddress> strangers) {
  /**
   * @param found fake to real
   * @param names those that led to a fake, oldest first, empty for unknown; the first one is its
   *     key where names are keys
   */
  static Adoption into(
      Pools pools,
      Map<IpAddress, IpAddress> found,
      Function<IpAddress, List<DomainName>> names,
      long nowNanos,
      long leaseNanos) {
    List<Mapping> adopted = new ArrayList<>(found.size());
    List<IpAddress> strangers = new ArrayList<>();
    found.forEach(
        (fake, real) -> {
          FakePool pool = pools.holding(fake);
          if (pool == null) {
            strangers.add(fake);
          } else {
            List<DomainName> known = names.apply(fake);
            DomainName key = pools.namesAreKeys() && !known.isEmpty() ? known.get(0) : null;
            Mapping mapping =
                pools.namesAreKeys() && key == null
                    ? pool.adoptWithoutOwner(fake, real, nowNanos, leaseNanos)
                    : pool.adopt(fake, key, real, nowNanos, leaseNanos);
            known.forEach(mapping::noteName);
            adopted.add(mapping);
          }
        });
    return new Adoption(adopted, strangers);
  }
}
