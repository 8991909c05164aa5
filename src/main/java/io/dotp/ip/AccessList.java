package io.dotp.ip;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Who may ask: an address is allowed when any prefix contains it. IPv4-mapped clients of a
 * dual-stack socket are judged as IPv4, so that no second spelling slips past a rule; a prefix
 * inside ::ffff:0:0/96 is kept as the IPv4 prefix that it means.
 */
public record AccessList(List<IpPrefix> allowed) {
  /** RFC 1918, fc00::/7, link-local and loopback: never an open resolver by accident. */
  public static final AccessList LOCAL_NETWORKS =
      of(
          "127.0.0.0/8",
          "10.0.0.0/8",
          "172.16.0.0/12",
          "192.168.0.0/16",
          "169.254.0.0/16",
          "::1/128",
          "fc00::/7",
          "fe80::/10");

  public AccessList {
    allowed = allowed.stream().map(IpPrefix::unmapped).toList();
  }

  public boolean allows(IpAddress client) {
    IpAddress plain = client.unmapped();
    for (int i = 0; i < allowed.size(); i++) {
      if (allowed.get(i).contains(plain)) {
        return true;
      }
    }
    return false;
  }

  private static AccessList of(String... prefixes) {
    return new AccessList(
        Arrays.stream(prefixes).map(IpPrefix::parse).map(Objects::requireNonNull).toList());
  }
}
