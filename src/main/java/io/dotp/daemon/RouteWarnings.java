package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteRules;
import io.dotp.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What is unfortunate about the rules of routes; none of it keeps dotp from work. */
final class RouteWarnings {
  private static final IpPrefix GLOBAL = Objects.requireNonNull(IpPrefix.parse("2000::/3"));

  private RouteWarnings() {}

  /** One line for each. */
  static List<String> of(Config config) {
    List<String> warnings = new ArrayList<>();
    List<RouteConfig> marked =
        config.routes().stream().filter(route -> route.rules().markMask() != 0).toList();
    for (RouteConfig route : marked) {
      for (RouteConfig other : marked) {
        if (looksLike(route.rules(), other.rules())) {
          warnings.add(
              "packets of one route also match the mark of another route=%s mark=0x%x other=%s"
                      .formatted(route.name(), route.rules().mark(), other.name())
                  + " other-mark=0x%x/0x%x remedy=\"give both the same mark-mask\""
                      .formatted(other.rules().mark(), other.rules().markMask()));
        }
      }
    }
    boolean captures = config.rules().capture() != null && config.dns().attachedClients();
    if (captures && config.dns().hosts().stream().anyMatch(GLOBAL::contains)) {
      warnings.add(
          "clients with global IPv6 addresses are not captured"
              + " remedy=\"name their networks by --allow-clients\"");
    }
    return warnings;
  }

  /** Whether {@code ip rule add fwmark} for the second catches the first, and they differ. */
  private static boolean looksLike(RouteRules rules, RouteRules other) {
    boolean same = rules.mark() == other.mark() && rules.markMask() == other.markMask();
    return !same && (rules.mark() & other.markMask()) == other.mark();
  }
}
