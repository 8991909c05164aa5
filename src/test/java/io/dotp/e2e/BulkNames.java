package io.dotp.e2e;

/**
 * The lab's names bulk0.example.com ... and the real addresses that they have, as contrib/lab makes
 * them.
 */
final class BulkNames {
  private static final int HOSTS = 250;

  private BulkNames() {}

  static String name(int index) {
    return "bulk" + index + ".example.com";
  }

  /** The only address of the name: who else answers to it has been reached wrongly. */
  static String real(int index, boolean ipv6) {
    return ipv6
        ? "2001:db8:b::" + Integer.toHexString(index + 1)
        : "10.113." + (index / HOSTS + 1) + "." + (index % HOSTS + 1);
  }
}
