package io.dotp.nat.nft;

/** Somebody else's large table, which libnftables reads before each change of ours. */
final class ForeignFirewall {
  private ForeignFirewall() {}

  /**
   * Table {@code inet foreign}: rules with anonymous sets, ten in a chain, and one interval set.
   */
  static String text(int rules, int prefixes) {
    StringBuilder text = new StringBuilder("table inet foreign {\n");
    if (prefixes > 0) {
      text.append("set blocked { type ipv4_addr; flags interval; elements = { ");
      for (int i = 0; i < prefixes; i++) {
        text.append(i == 0 ? "" : ", ").append(20 + (i >> 14)).append('.').append(i >> 6 & 255);
        text.append('.').append((i & 63) * 4).append(".0/24");
      }
      text.append(" }\n}\n");
    }
    for (int chain = 0; chain < rules / 10; chain++) {
      text.append("chain c").append(chain).append(" {\n");
      for (int rule = 0; rule < 10; rule++) {
        text.append("ip saddr 10.").append(chain % 250).append('.').append(rule);
        text.append(".1 tcp dport { 22, 80, 443 } accept\n");
      }
      text.append("}\n");
    }
    return text.append("}\n").toString();
  }
}
