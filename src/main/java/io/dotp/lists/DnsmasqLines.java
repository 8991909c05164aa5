package io.dotp.lists;

/**
 * The names of {@code server=/a/b/right side} and its like.
 *
 * <p>Source: dnsmasq(8).
 */
final class DnsmasqLines implements LineGrammar {
  private static final String[] WITH_NAMES = {"server", "local", "address", "ipset", "nftset"};

  @Override
  public void read(Line line, RuleCollector rules) {
    // The right side of nftset= holds # in the middle of words.
    line.cutSpacedComment();
    if (line.isEmpty()) {
      return;
    }
    for (String option : WITH_NAMES) {
      if (line.skip(option + "=/")) {
        readNames(line, rules);
        return;
      }
    }
    if (isOption(line)) {
      rules.notApplicable();
    } else {
      rules.mistake("not an option of dnsmasq: " + RuleCollector.shown(line.text()));
    }
  }

  private static void readNames(Line line, RuleCollector rules) {
    byte[] bytes = line.bytes();
    int from = line.from();
    int names = 0;
    for (int i = from; i < line.to(); i++) {
      if (bytes[i] == '/') {
        readName(bytes, from, i, rules);
        names++;
        from = i + 1;
      }
    }
    if (names == 0) {
      rules.mistake("no / behind the name");
    }
  }

  private static void readName(byte[] bytes, int from, int to, RuleCollector rules) {
    int first = from;
    if (to - from > 2 && bytes[from] == '*' && bytes[from + 1] == '.') {
      first = from + 2;
    } else if (to - from > 1 && bytes[from] == '.') {
      first = from + 1;
    }
    // Nothing: names without a dot; #: every name; * without a dot: names that end so.
    if (first == to || bytes[first] == '*' || to - first == 1 && bytes[first] == '#') {
      rules.notApplicable();
    } else {
      rules.suffix(bytes, first, to);
    }
  }

  /** Letters, digits and hyphens, alone or before an equals sign. */
  private static boolean isOption(Line line) {
    int end = line.indexOf('=') < 0 ? line.to() : line.indexOf('=');
    for (int i = line.from(); i < end; i++) {
      byte octet = line.bytes()[i];
      boolean letter = octet >= 'a' && octet <= 'z' || octet >= '0' && octet <= '9' || octet == '-';
      if (!letter) {
        return false;
      }
    }
    return end > line.from();
  }
}
