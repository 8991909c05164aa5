package io.dotp.lists;

import com.google.re2j.Pattern;
import io.dotp.config.RouteConfig;
import io.dotp.lists.RuleMatch.Kind;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Collects the rules of one route that match one name, as they are read. Thread: one. */
final class RuleFinder {
  /** Rules of a route that are kept; more of one kind say nothing new. */
  private static final int MOST = 1_000;

  private final WireName name;
  private final String text;
  private final RouteConfig route;
  private final List<RuleMatch> matches = new ArrayList<>();

  RuleFinder(DomainName name, RouteConfig route) {
    this.name = name.toWireName();
    this.text = name.toString();
    this.route = route;
  }

  List<RuleMatch> matches() {
    return matches;
  }

  void suffix(WireName rule, String place) {
    if (isBelow(rule)) {
      add(Kind.SUFFIX, rule.toDomainName().toString(), place);
    }
  }

  void exact(WireName rule, String place) {
    if (rule.length() == name.length() && isBelow(rule)) {
      add(Kind.EXACT, rule.toDomainName().toString(), place);
    }
  }

  void exclude(WireName rule, String place) {
    if (isBelow(rule)) {
      add(Kind.EXCLUSION, rule.toDomainName().toString(), place);
    }
  }

  void keyword(String keyword, String place) {
    if (text.contains(keyword.toLowerCase(Locale.ROOT))) {
      add(Kind.KEYWORD, keyword, place);
    }
  }

  /** One that does not compile has been refused as a bad line already. */
  void regexp(String regexp, String place) {
    try {
      if (Pattern.compile(regexp).matcher(text).find()) {
        add(Kind.REGEXP, regexp, place);
      }
    } catch (com.google.re2j.PatternSyntaxException e) {
      return;
    }
  }

  private boolean isBelow(WireName rule) {
    int labels = name.splitLabels();
    int start = name.length() - rule.length();
    for (int label = 0; label <= labels; label++) {
      int at = label == labels ? name.length() - 1 : name.labelStart(label);
      if (at == start) {
        return Arrays.equals(name.bytes(), start, name.length(), rule.bytes(), 0, rule.length());
      }
    }
    return false;
  }

  private void add(Kind kind, String rule, String place) {
    if (matches.size() < MOST) {
      matches.add(new RuleMatch(route.id(), route.name(), kind, rule, place));
    }
  }

  /** How many have been found. */
  int count() {
    return matches.size();
  }

  /** Forgets all but the first {@code count}. */
  void forget(int count) {
    matches.subList(Math.min(count, matches.size()), matches.size()).clear();
  }
}
