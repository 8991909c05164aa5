package io.dotp.nat.nft;

import io.dotp.config.HostRules;
import io.dotp.config.ProxyRules;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteRules;
import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the rules of a managed table do.
 *
 * @param pools what happens to traffic to each pool, in any order
 * @param host what is the same for all pools
 */
public record KernelRules(List<PoolRules> pools, HostRules host) {
  /** What happens to traffic to one pool. */
  public record PoolRules(IpPrefix pool, RouteRules rules) {
    boolean isRedirected() {
      ProxyRules proxy = rules.proxy();
      return proxy != null && proxy.inbound() == Inbound.REDIRECT;
    }

    boolean isTransparent() {
      ProxyRules proxy = rules.proxy();
      return proxy != null && proxy.inbound() == Inbound.TPROXY;
    }

    boolean isOpen() {
      ProxyRules proxy = rules.proxy();
      return proxy != null && proxy.failMode() == FailMode.OPEN;
    }
  }

  public KernelRules {
    pools = List.copyOf(pools);
  }

  /** Fakes are rewritten to real addresses, and nothing else. */
  public static KernelRules plain(List<IpPrefix> pools) {
    return new KernelRules(
        pools.stream().map(pool -> new PoolRules(pool, RouteRules.NONE)).toList(),
        HostRules.PRESET);
  }

  /** Those of the routes that have pools, in their order. */
  public static KernelRules of(List<RouteConfig> routes, HostRules host) {
    List<PoolRules> pools = new ArrayList<>();
    for (RouteConfig route : routes) {
      for (Family family : Family.values()) {
        IpPrefix pool = route.prefix(family);
        if (pool != null) {
          pools.add(new PoolRules(pool, route.rules()));
        }
      }
    }
    return new KernelRules(pools, host);
  }

  /** The pools, in the same order. */
  public List<IpPrefix> prefixes() {
    return pools.stream().map(PoolRules::pool).toList();
  }

  /** Whether packets have to stay on this host for a tproxy inbound. */
  public boolean needsLocalDelivery() {
    return pools.stream().anyMatch(PoolRules::isTransparent);
  }

  /** The same of one family. */
  boolean needsLocalDelivery(Family family) {
    return !poolsOf(family, PoolRules::isTransparent).isEmpty();
  }

  /** The pools of a family that {@code wanted} accepts, none inside another. */
  List<PoolRules> poolsOf(Family family, Predicate<PoolRules> wanted) {
    List<PoolRules> chosen =
        pools.stream().filter(each -> each.pool().family() == family).filter(wanted).toList();
    List<IpPrefix> widest = IpPrefix.widest(chosen.stream().map(PoolRules::pool).toList());
    return chosen.stream().filter(each -> widest.contains(each.pool())).distinct().toList();
  }
}
