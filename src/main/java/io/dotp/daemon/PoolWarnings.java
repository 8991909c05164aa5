package io.dotp.daemon;

import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What is unfortunate about pools, and what to choose instead; none of it keeps dotp from work. */
final class PoolWarnings {
  /** What browsers take for the local network and keep public pages from using. */
  private static final List<IpPrefix> LOCAL_TO_BROWSERS =
      Stream.of(
              "10.0.0.0/8",
              "100.64.0.0/10",
              "172.16.0.0/12",
              "192.168.0.0/16",
              "fc00::/7",
              "2001:db8::/32")
          .map(IpPrefix::parse)
          .map(Objects::requireNonNull)
          .toList();

  private static final int SMALL_POOL_HOST_BITS = 12;

  private final List<String> warnings = new ArrayList<>();

  private PoolWarnings() {}

  /**
   * One line for each.
   *
   * @param attached networks of the interfaces
   * @param routed what the kernel has other routes for
   */
  static List<String> of(List<IpPrefix> pools, List<IpPrefix> attached, List<IpPrefix> routed) {
    PoolWarnings all = new PoolWarnings();
    pools.forEach(pool -> all.warn(pool, attached, routed));
    return all.warnings;
  }

  private void warn(IpPrefix pool, List<IpPrefix> attached, List<IpPrefix> routed) {
    String remedy = "choose a prefix that nobody uses, for example " + recommended(pool);
    for (IpPrefix network : attached) {
      if (network.overlaps(pool)) {
        add("pool overlaps an attached network pool=%s network=%s", pool, network, remedy);
      }
    }
    for (IpPrefix route : routed) {
      if (route.overlaps(pool) && !attached.contains(route)) {
        add("pool overlaps a route of the kernel pool=%s route=%s", pool, route, remedy);
      }
    }
    for (IpPrefix local : LOCAL_TO_BROWSERS) {
      if (local.overlaps(pool)) {
        add(
            "browsers take this pool for the local network and block public pages from it pool=%s"
                + " network=%s",
            pool, local, "use " + recommended(pool));
      }
    }
    if (pool.hostBits() < SMALL_POOL_HOST_BITS) {
      warnings.add(
          "pool is small and may run full pool=" + pool + " remedy=\"use a /20 or larger\"");
    }
  }

  private void add(String text, IpPrefix pool, IpPrefix other, String remedy) {
    warnings.add(text.formatted(pool, other) + " remedy=\"" + remedy + "\"");
  }

  private static String recommended(IpPrefix pool) {
    return pool.family() == Family.IPV4 ? "198.18.0.0/15" : "2001:2:0:d07::/64";
  }
}
