package io.dotp.ip;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges which real addresses must never become the target of a fake: a name that somebody else
 * controls would otherwise reach the gateway itself or its link (DNS rebinding). One table for the
 * DNS path, the kernel rules and the proxy.
 *
 * <p>An IPv6 address that embeds an IPv4 one is judged by the latter as well as by itself.
 */
public final class Unmappable {
  /** Never mapped, whatever the configuration says; the nft rules repeat this list. */
  public static final List<IpPrefix> ALWAYS =
      prefixes(
          "0.0.0.0/8",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "224.0.0.0/4",
          "240.0.0.0/4",
          "::/128",
          "::1/128",
          "fe80::/10",
          "ff00::/8");

  /** Mapped only with {@code allow-private-real}. */
  public static final List<IpPrefix> PRIVATE =
      prefixes(
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "100.64.0.0/10",
          "192.0.0.0/24",
          "198.18.0.0/15",
          "fc00::/7");

  private final List<IpPrefix> pools;
  private final boolean allowPrivate;

  /**
   * @param pools every fake pool of every route
   * @param allowPrivate whether {@link #PRIVATE} may be mapped
   */
  public Unmappable(List<IpPrefix> pools, boolean allowPrivate) {
    this.pools = List.copyOf(pools);
    this.allowPrivate = allowPrivate;
  }

  /**
   * @param own the gateway's own addresses at this moment
   * @return the rule that forbids {@code real}, in words for a log line; null when it may be mapped
   */
  public @Nullable String reason(IpAddress real, Set<IpAddress> own) {
    String reason = reasonOf(real, own);
    IpAddress embedded = real.embeddedIpv4();
    return reason != null || embedded == null ? reason : reasonOf(embedded, own);
  }

  private @Nullable String reasonOf(IpAddress real, Set<IpAddress> own) {
    for (IpPrefix prefix : ALWAYS) {
      if (prefix.contains(real)) {
        return "special address " + prefix;
      }
    }
    if (own.contains(real)) {
      return "address of this gateway";
    }
    for (IpPrefix pool : pools) {
      if (pool.contains(real)) {
        return "address of fake pool " + pool;
      }
    }
    if (!allowPrivate) {
      for (IpPrefix prefix : PRIVATE) {
        if (prefix.contains(real)) {
          return "private address " + prefix + " (see allow-private-real)";
        }
      }
    }
    return null;
  }

  private static List<IpPrefix> prefixes(String... texts) {
    return Arrays.stream(texts).map(IpPrefix::parse).map(Objects::requireNonNull).toList();
  }
}
