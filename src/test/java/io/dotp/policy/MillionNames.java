package io.dotp.policy;

import io.dotp.name.DomainName;
import io.dotp.name.WireName;

/**
 * A list as long as the longest public ones: 22 bytes a name on average, some three levels deep.
 */
public final class MillionNames {
  private static final String[] ENDS = {"com", "net", "org", "co.uk", "info", "de", "io", "com.br"};

  private MillionNames() {}

  /** A name, another one for every index below 2^32. */
  public static String text(int index) {
    // An odd multiplier walks through all 32-bit numbers, so that no two names are equal.
    String middle = Integer.toHexString(index * 0x9e3779b1) + "-" + index % 1000;
    return middle + "." + ENDS[index & 7];
  }

  static DomainName name(int index) {
    return DomainName.parse(text(index));
  }

  /** Makes {@code query} the name below {@code label} of the listed name. */
  static void fill(WireName query, String label, int index) {
    query.length(DomainName.parse(label + "." + text(index)).copyTo(query.bytes(), 0));
  }
}
