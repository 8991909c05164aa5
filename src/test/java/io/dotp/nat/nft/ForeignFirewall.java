package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

/** Somebody else's large table, which libnftables reads before each change of ours. */
final class ForeignFirewall {
  /** Rules and prefixes at a time: a user namespace cannot raise nft's send buffer. */
  private static final int CHAINS_AT_ONCE = 10;

  private static final int PREFIXES_AT_ONCE = 1_000;

  private ForeignFirewall() {}

  /** Rules with anonymous sets, ten in a chain of table {@code inet foreign}. */
  static void loadRules(int rules) {
    for (int first = 0; first < rules / 10; first += CHAINS_AT_ONCE) {
      StringBuilder text = new StringBuilder("table inet foreign {\n");
      for (int chain = first; chain < Math.min(rules / 10, first + CHAINS_AT_ONCE); chain++) {
        text.append("chain c").append(chain).append(" {\n");
        for (int rule = 0; rule < 10; rule++) {
          text.append("ip saddr 10.").append(chain % 250).append('.').append(rule);
          text.append(".1 tcp dport { 22, 80, 443 } accept\n");
        }
        text.append("}\n");
      }
      load(text.append("}\n").toString());
    }
  }

  /** An interval set of {@code prefixes} in the same table. */
  static void loadPrefixes(int prefixes) {
    load("table inet foreign {\nset blocked { type ipv4_addr; flags interval; }\n}\n");
    for (int first = 0; first < prefixes; first += PREFIXES_AT_ONCE) {
      StringBuilder text = new StringBuilder("add element inet foreign blocked { ");
      for (int i = first; i < Math.min(prefixes, first + PREFIXES_AT_ONCE); i++) {
        text.append(i == first ? "" : ", ").append(20 + (i >> 14)).append('.').append(i >> 6 & 255);
        text.append('.').append((i & 63) * 4).append(".0/24");
      }
      load(text.append(" }\n").toString());
    }
  }

  private static void load(String text) {
    Shell.Outcome outcome = Shell.load(text);
    assertThat(outcome.code()).as(outcome.output()).isZero();
  }
}
