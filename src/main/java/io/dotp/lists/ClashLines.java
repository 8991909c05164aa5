package io.dotp.lists;

import java.util.Locale;

/**
 * Rules of Clash, one a line, as text or as the items of a YAML list. A bare name in YAML is a rule
 * of the {@code domain} behaviour, which means that name alone.
 *
 * <p>Source: mihomo, contents of rule-providers.
 */
final class ClashLines implements LineGrammar {
  @Override
  public void read(Line line, RuleCollector rules) {
    line.cutSpacedComment();
    if (line.isEmpty() || line.startsWith("payload:") || line.startsWith("rules:")) {
      return;
    }
    boolean item = line.startsWith("- ");
    Line rule = item ? unquoted(line) : line;
    int comma = rule.indexOf(',');
    if (comma >= 0) {
      readRule(rule, comma, rules);
    } else if (!item) {
      rules.mistake("not a rule of Clash: " + RuleCollector.shown(rule.text()));
    } else if (rule.startsWith("*.") || rule.startsWith("+.") || rule.startsWith(".")) {
      PlainLines.skipBelow(rule);
      rules.suffix(rule.bytes(), rule.from(), rule.to());
    } else {
      rules.exact(rule.bytes(), rule.from(), rule.to());
    }
  }

  /** The value of an item of a YAML list. */
  private static Line unquoted(Line line) {
    line.skip("- ");
    Line item = new Line();
    item.set(line.bytes(), line.from(), line.to(), line.number(), false);
    for (char quote : new char[] {'\'', '"'}) {
      if (item.startsWith(String.valueOf(quote)) && item.dropLast(quote)) {
        item.skip(String.valueOf(quote));
      }
    }
    return item;
  }

  private static void readRule(Line line, int comma, RuleCollector rules) {
    String type = line.text(line.from(), comma).trim().toUpperCase(Locale.ROOT);
    int from = comma + 1;
    int to = line.to();
    while (from < to && Line.isSpace(line.bytes()[from])) {
      from++;
    }
    if (type.equals("DOMAIN-REGEX")) {
      rules.regexp(line.text(from, to));
      return;
    }
    // Behind the name may stand a policy and options.
    for (int i = from; i < to; i++) {
      if (line.bytes()[i] == ',') {
        to = i;
      }
    }
    while (to > from && Line.isSpace(line.bytes()[to - 1])) {
      to--;
    }
    switch (type) {
      case "DOMAIN" -> rules.exact(line.bytes(), from, to);
      case "DOMAIN-SUFFIX" -> rules.suffix(line.bytes(), from, to);
      case "DOMAIN-KEYWORD" -> rules.keyword(line.text(from, to));
      default -> {
        if (type.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-')) {
          rules.notApplicable();
        } else {
          rules.mistake("not a rule of Clash: " + RuleCollector.shown(line.text()));
        }
      }
    }
  }
}
