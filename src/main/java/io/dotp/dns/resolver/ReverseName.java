package io.dotp.dns.resolver;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.WireName;

/**
 * What a name below {@code in-addr.arpa} or {@code ip6.arpa} says: the addresses whose names lie at
 * it or below it (RFC 1035 section 3.5, RFC 3596 section 2.5).
 *
 * @param prefix those addresses
 * @param exact whether the name consists of that alone; otherwise more labels stand before it,
 *     which are no part of an address
 */
record ReverseName(IpPrefix prefix, boolean exact) {
  /** Labels of in-addr.arpa and of ip6.arpa. */
  private static final int SUFFIX_LABELS = 2;

  private static final int NOT_A_PART = -1;

  /** Reads a name that ends in the suffix of {@code family}. */
  static ReverseName of(WireName name, Family family) {
    int labels = name.splitLabels();
    int unit = bitsPerLabel(family);
    byte[] address = new byte[family.bytes()];
    int bits = 0;
    int label = labels - SUFFIX_LABELS - 1;
    while (label >= 0 && bits < family.bits()) {
      int part = part(name, name.labelStart(label), family);
      if (part == NOT_A_PART) {
        break;
      }
      address[bits / 8] |= (byte) (part << 8 - unit - bits % 8);
      bits += unit;
      label--;
    }
    return new ReverseName(new IpPrefix(IpAddress.ofBytes(family, address, 0), bits), label < 0);
  }

  /** A part written in another way, as with a leading zero, is a label like any other. */
  private static int part(WireName name, int start, Family family) {
    byte[] bytes = name.bytes();
    int length = bytes[start];
    if (family == Family.IPV6) {
      return length == 1 ? Character.digit(bytes[start + 1], 16) : NOT_A_PART;
    }
    if (length > 3 || (length > 1 && bytes[start + 1] == '0')) {
      return NOT_A_PART;
    }
    int value = 0;
    for (int at = start + 1; at <= start + length; at++) {
      if (bytes[at] < '0' || bytes[at] > '9') {
        return NOT_A_PART;
      }
      value = 10 * value + bytes[at] - '0';
    }
    return value <= 255 ? value : NOT_A_PART;
  }

  private static int bitsPerLabel(Family family) {
    return family == Family.IPV4 ? 8 : 4;
  }

  /** Labels of the highest reverse name that lies wholly inside a prefix of {@code family}. */
  static int apexLabels(Family family, int prefixLength) {
    int unit = bitsPerLabel(family);
    return SUFFIX_LABELS + (prefixLength + unit - 1) / unit;
  }

  /** Labels of the name but for those that are no part of an address. */
  int labels() {
    return apexLabels(prefix.family(), prefix.length());
  }

  /** Whether it is the name of one address. */
  boolean isAddress() {
    return exact && prefix.hostBits() == 0;
  }

  /** Whether all its addresses are in {@code other}. */
  boolean isInside(IpPrefix other) {
    return other.length() <= prefix.length() && other.contains(prefix.network());
  }

  /** Whether the name is the highest one inside {@code zone}. */
  boolean isApexOf(IpPrefix zone) {
    return exact && isInside(zone) && labels() == apexLabels(zone.family(), zone.length());
  }
}
