package io.dotp.nat;

import io.dotp.config.HostRules;
import io.dotp.config.MappingKey;
import io.dotp.config.NatConfig;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteRules;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.journal.JournalContents;
import io.dotp.nat.journal.KnownPool;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.time.Duration;
import java.util.ArrayList;
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

  /** Whether every name has fakes of its own. */
  boolean namesAreKeys() {
    return nat.pool().mappingKey() == MappingKey.NAME_ADDRESS;
  }

  /**
   * Pools that an earlier run had and the routes have not, as far as they do not stand in the way
   * of those in force: what clients have of them works on.
   */
  public List<KnownPool> draining(JournalContents journal) {
    return journal.pools().stream().filter(this::isPossible).toList();
  }

  private boolean isPossible(KnownPool pool) {
    for (RouteConfig route : routes) {
      IpPrefix own = route.prefix(pool.prefix().family());
      boolean same = route.name().equals(pool.route());
      if (own != null && (own.equals(pool.prefix()) || (!same && own.overlaps(pool.prefix())))) {
        return false;
      }
    }
    return true;
  }

  /** What the table's rules have to be for the routes and for pools that drain. */
  public KernelRules rules(List<KnownPool> draining) {
    List<PoolRules> all = new ArrayList<>(KernelRules.of(routes, host).pools());
    draining.forEach(pool -> all.add(new PoolRules(pool.prefix(), rulesOf(pool))));
    return new KernelRules(all, host);
  }

  /** Flows go on as they began, but a pool that overlaps one of its route goes with it. */
  private RouteRules rulesOf(KnownPool pool) {
    return routes.stream()
        .filter(route -> overlaps(route, pool.prefix()))
        .map(RouteConfig::rules)
        .findFirst()
        .orElse(pool.rules());
  }

  private static boolean overlaps(RouteConfig route, IpPrefix prefix) {
    IpPrefix own = route.prefix(prefix.family());
    return own != null && own.overlaps(prefix);
  }

  /** Length of a lease: at least {@code nat-ttl} for whoever looks at it within a second. */
  long leaseNanos() {
    return nat.natTtl().plus(MOMENT).toNanos();
  }
}
