package io.dotp.lists;

/**
 * {@code ||name^} and {@code @@||name^}; everything else of the language is about other things than
 * names, or about some of the queries only.
 *
 * <p>Source: AdGuard, DNS filtering rules syntax.
 */
final class AdguardLines implements LineGrammar {
  @Override
  public void read(Line line, RuleCollector rules) {
    boolean comment = line.startsWith("!") || line.startsWith("#") && !line.startsWith("##");
    if (comment || line.startsWith("[adblock")) {
      return;
    }
    boolean exclusion = line.skip("@@");
    if (!line.skip("||") || !line.dropLast('^') || hasPattern(line)) {
      rules.notApplicable();
    } else if (exclusion) {
      rules.exclude(line.bytes(), line.from(), line.to());
    } else {
      rules.suffix(line.bytes(), line.from(), line.to());
    }
  }

  /** A wildcard, a path, a port, a modifier, or an address: right, and no name. */
  private static boolean hasPattern(Line line) {
    boolean pattern = line.isEmpty();
    for (char special : new char[] {'*', '/', ':', '$', '^', '|'}) {
      pattern |= line.indexOf(special) >= 0;
    }
    return pattern || HostsLines.isAddress(line.text());
  }
}
