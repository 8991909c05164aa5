package io.dotp.lists;

/** One name a line, with the few prefixes that most programs know. */
final class PlainLines implements LineGrammar {
  @Override
  public void read(Line line, RuleCollector rules) {
    if (line.startsWith("regexp:")) {
      line.cutSpacedComment();
    } else {
      line.cutComment();
    }
    if (line.isEmpty() || readPrefixed(line, rules)) {
      return;
    }
    if (line.skip("=")) {
      rules.exact(line.bytes(), line.from(), line.to());
      return;
    }
    skipBelow(line);
    rules.suffix(line.bytes(), line.from(), line.to());
  }

  /** The ways to write "and everything below it", which is meant without them, too. */
  static void skipBelow(Line line) {
    if (!line.skip("*.") && !line.skip("+.")) {
      line.skip(".");
    }
  }

  /** Reads a rule with one of the prefixes that v2fly has as well; false for another one. */
  static boolean readPrefixed(Line line, RuleCollector rules) {
    if (line.skip("domain:")) {
      rules.suffix(line.bytes(), line.from(), line.to());
    } else if (line.skip("full:")) {
      rules.exact(line.bytes(), line.from(), line.to());
    } else if (line.skip("keyword:")) {
      rules.keyword(line.text());
    } else if (line.skip("regexp:")) {
      rules.regexp(line.text());
    } else {
      return false;
    }
    return true;
  }
}
