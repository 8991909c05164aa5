package io.dotp.nat;

import io.dotp.config.HostRules;
import io.dotp.config.RouteRules;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the kernel does with traffic to each pool, also to one that no route has any more: its flows
 * go on as they began. Thread: nat.
 */
final class RuleMemory {
  private final Map<IpPrefix, RouteRules> byPool = new HashMap<>();
  private HostRules host;

  RuleMemory(NatSettings settings) {
    host = settings.host();
    byPool.putAll(of(settings));
  }

  /** Adds pools that only an earlier run had. */
  void remember(KernelRules rules) {
    rules.pools().forEach(each -> byPool.putIfAbsent(each.pool(), each.rules()));
  }

  /** For the pool with this prefix. */
  RouteRules of(IpPrefix prefix) {
    return byPool.getOrDefault(prefix, RouteRules.NONE);
  }

  /** For pools with these prefixes. */
  KernelRules of(List<IpPrefix> prefixes) {
    return rules(prefixes, byPool, host);
  }

  /** As they would be with other settings. */
  KernelRules with(NatSettings settings, List<IpPrefix> prefixes) {
    return rules(prefixes, changed(settings), settings.host());
  }

  /** Takes other settings over. */
  void change(NatSettings settings) {
    Map<IpPrefix, RouteRules> changed = changed(settings);
    byPool.clear();
    byPool.putAll(changed);
    host = settings.host();
  }

  /** Forgets all pools but these. */
  void keep(List<IpPrefix> prefixes) {
    byPool.keySet().retainAll(prefixes);
  }

  /** A pool of before that overlaps one of now was the same route's, and goes with it. */
  private Map<IpPrefix, RouteRules> changed(NatSettings settings) {
    Map<IpPrefix, RouteRules> now = of(settings);
    Map<IpPrefix, RouteRules> changed = new HashMap<>(now);
    byPool.forEach(
        (pool, rules) ->
            changed.putIfAbsent(
                pool,
                now.entrySet().stream()
                    .filter(each -> each.getKey().overlaps(pool))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(rules)));
    return changed;
  }

  private static KernelRules rules(
      List<IpPrefix> prefixes, Map<IpPrefix, RouteRules> byPool, HostRules host) {
    return new KernelRules(
        prefixes.stream()
            .map(pool -> new PoolRules(pool, byPool.getOrDefault(pool, RouteRules.NONE)))
            .toList(),
        host);
  }

  private static Map<IpPrefix, RouteRules> of(NatSettings settings) {
    return KernelRules.of(settings.routes(), settings.host()).pools().stream()
        .collect(Collectors.toMap(PoolRules::pool, PoolRules::rules));
  }
}
