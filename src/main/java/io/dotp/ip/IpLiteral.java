package io.dotp.ip;

import org.jspecify.annotations.Nullable;

/** Text forms of addresses: RFC 4291 section 2.2 in, RFC 5952 out. Strict, and never a resolver. */
final class IpLiteral {
  private static final int GROUPS = 8;

  private IpLiteral() {}

  static @Nullable IpAddress parse(String text) {
    if (text.length() > 45) {
      return null;
    }
    return text.indexOf(':') >= 0 ? parseIpv6(text) : parseIpv4(text);
  }

  /**
   * Four decimal octets; leading zeros are refused because half of the world reads them as octal.
   */
  private static @Nullable IpAddress parseIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    int bits = 0;
    for (String part : parts) {
      int octet = number(part, 10, 3);
      if (octet < 0 || octet > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
        return null;
      }
      bits = bits << 8 | octet;
    }
    return IpAddress.ofIpv4(bits);
  }

  private static @Nullable IpAddress parseIpv6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    int[] head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
    int[] tail = gap < 0 ? new int[0] : groups(text.substring(gap + 2), true);
    if (head == null || tail == null) {
      return null;
    }
    int given = head.length + tail.length;
    if (gap < 0 ? given != GROUPS : given > GROUPS - 1) {
      return null;
    }
    int[] all = new int[GROUPS];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(tail, 0, all, GROUPS - tail.length, tail.length);
    return IpAddress.ofIpv6(word(all, 0), word(all, 4));
  }

  /** 16-bit groups of one side of the gap; only the last one may be a dotted quad. */
  private static int @Nullable [] groups(String side, boolean quadAllowed) {
    if (side.isEmpty()) {
      return new int[0];
    }
    String[] parts = side.split(":", -1);
    String last = parts[parts.length - 1];
    IpAddress quad = quadAllowed && last.indexOf('.') >= 0 ? parseIpv4(last) : null;
    int[] groups = new int[parts.length + (quad == null ? 0 : 1)];
    for (int i = 0; i < parts.length - (quad == null ? 0 : 1); i++) {
      groups[i] = number(parts[i], 16, 4);
      if (groups[i] < 0) {
        return null;
      }
    }
    if (quad != null) {
      groups[parts.length - 1] = (int) (quad.low() >>> 16);
      groups[parts.length] = (int) quad.low() & 0xffff;
    }
    return groups;
  }

  /** -1 when {@code text} is not 1 to {@code maxDigits} ASCII digits of the radix. */
  private static int number(String text, int radix, int maxDigits) {
    if (text.isEmpty() || text.length() > maxDigits) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 128 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value * radix + digit;
    }
    return value;
  }

  private static long word(int[] groups, int from) {
    long word = 0;
    for (int i = from; i < from + 4; i++) {
      word = word << 16 | groups[i];
    }
    return word;
  }

  static String formatIpv4(int bits) {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }

  static String formatIpv6(long high, long low) {
    if (high == 0 && low >>> 32 == 0xffffL) {
      return "::ffff:" + formatIpv4((int) low);
    }
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (int) ((i < 4 ? high : low) >>> 48 - 16 * (i & 3)) & 0xffff;
    }
    int gapStart = -1;
    int gapLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && groups[i + run] == 0) {
        run++;
      }
      if (run > gapLength) {
        gapStart = i;
        gapLength = run;
      }
      i += run;
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < GROUPS; i++) {
      if (i == gapStart) {
        text.append("::");
        i += gapLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
