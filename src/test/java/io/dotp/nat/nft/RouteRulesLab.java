package io.dotp.nat.nft;

import io.dotp.config.HostRules;
import io.dotp.config.ProxyRules;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.config.RouteRules;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.nft.KernelRules.PoolRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Rules of several routes, put together by hand. */
final class RouteRulesLab {
  private final List<PoolRules> pools = new ArrayList<>();

  static RouteRules marked(int mark, int mask) {
    return new RouteRules(mark, mask, false, false, null);
  }

  static RouteRules proxied(Inbound inbound, int port, FailMode mode) {
    return new RouteRules(0, 0, false, false, new ProxyRules(inbound, port, mode));
  }

  static RouteRules quicless(RouteRules rules) {
    return new RouteRules(rules.mark(), rules.markMask(), rules.clampMss(), true, rules.proxy());
  }

  RouteRulesLab pool(String prefix, RouteRules rules) {
    pools.add(new PoolRules(Objects.requireNonNull(IpPrefix.parse(prefix)), rules));
    return this;
  }

  KernelRules rules() {
    return new KernelRules(pools, HostRules.PRESET);
  }

  TableSpec spec() {
    return new TableSpec("dotp", rules(), TableSpec.USED_TIMEOUT);
  }
}
