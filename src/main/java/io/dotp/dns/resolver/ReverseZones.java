package io.dotp.dns.resolver;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whose reverse names are answered here: those of the pools, and those of nobody's addresses. */
final class ReverseZones {
  static final IpAddress LOOPBACK_IPV4 = Objects.requireNonNull(IpAddress.parse("127.0.0.1"));
  static final IpAddress LOOPBACK_IPV6 = Objects.requireNonNull(IpAddress.parse("::1"));

  /** RFC 6303 sections 4.1 to 4.6; 100.64.0.0/10 by RFC 7793. */
  private static final List<IpPrefix> LOCALLY_SERVED =
      prefixes(
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "100.64.0.0/10",
          "0.0.0.0/8",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "192.0.2.0/24",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "255.255.255.255/32",
          "::/128",
          "::1/128",
          "fd00::/8",
          "fe80::/10",
          "2001:db8::/32");

  private final List<IpPrefix> pools;

  ReverseZones(List<IpPrefix> pools) {
    this.pools = List.copyOf(pools);
  }

  /** Whether these are the zones of {@code others}. */
  boolean isOf(List<IpPrefix> others) {
    return pools.equals(others);
  }

  private static List<IpPrefix> prefixes(String... texts) {
    return List.of(texts).stream()
        .map(text -> Objects.requireNonNull(IpPrefix.parse(text)))
        .toList();
  }

  /** The pool that holds all addresses of {@code name}, null for none. */
  @Nullable IpPrefix pool(ReverseName name) {
    return around(name, pools);
  }

  /** The locally served zone that {@code name} lies in, null for none. */
  @Nullable IpPrefix locallyServed(ReverseName name) {
    return around(name, LOCALLY_SERVED);
  }

  /** Whether some addresses of {@code name} are in a pool. */
  boolean touchesPool(ReverseName name) {
    for (IpPrefix pool : pools) {
      if (pool.family() == name.prefix().family() && pool.overlaps(name.prefix())) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable IpPrefix around(ReverseName name, List<IpPrefix> prefixes) {
    for (IpPrefix each : prefixes) {
      if (name.isInside(each)) {
        return each;
      }
    }
    return null;
  }
}
