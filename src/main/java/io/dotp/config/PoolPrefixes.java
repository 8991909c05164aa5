package io.dotp.config;

import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import io.dotp.ip.Unmappable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The pools of one route.
 *
 * @param ipv4 null for none
 * @param ipv6 null for none
 */
record PoolPrefixes(@Nullable IpPrefix ipv4, @Nullable IpPrefix ipv6) {
  private static final int LONGEST_IPV4 = 30;
  private static final int LONGEST_IPV6 = 64;

  static PoolPrefixes read(SettingReader reader) {
    return new PoolPrefixes(
        pool(reader, "ipv4-prefix", Family.IPV4, LONGEST_IPV4),
        pool(reader, "ipv6-prefix", Family.IPV6, LONGEST_IPV6));
  }

  List<IpPrefix> all() {
    return Stream.of(ipv4, ipv6).filter(Objects::nonNull).toList();
  }

  private static @Nullable IpPrefix pool(
      SettingReader reader, String key, Family family, int longest) {
    Setting given = reader.settings().one(key);
    if (given == null) {
      return null;
    }
    String text = given.text();
    IpPrefix prefix = text.indexOf('/') < 0 ? null : IpPrefix.parse(text);
    if (prefix == null || prefix.family() != family) {
      reader.mistake(
          given, "'" + text + "' is no " + label(family) + " prefix like " + example(family));
      return null;
    }
    if (prefix.length() > longest) {
      reader.mistake(given, "'" + text + "' is too small, the length may be at most " + longest);
    }
    for (IpPrefix special : Unmappable.ALWAYS) {
      if (prefix.overlaps(special)) {
        reader.mistake(given, "'" + text + "' contains special addresses (" + special + ")");
        return null;
      }
    }
    return prefix;
  }

  private static String label(Family family) {
    return family == Family.IPV4 ? "IPv4" : "IPv6";
  }

  private static String example(Family family) {
    return family == Family.IPV4 ? "198.18.0.0/15" : "2001:2:0:d07::/64";
  }
}
