package io.dotp.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.dotp.config.NamePattern.Kind;
import io.dotp.ip.AccessList;
import io.dotp.name.DomainName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads which names a {@code [[route]]} has: {@code domain}, {@code domain-list}, {@code clients}.
 */
final class RouteNamesReader {
  /** Ways to write what a name means by itself. */
  private static final List<String> BELOW = List.of("domain:", "*.", "+.", ".");

  private final SettingReader reader;
  private final ListReader lists;
  private final List<DomainName> domains = new ArrayList<>();
  private final List<NamePattern> patterns = new ArrayList<>();

  RouteNamesReader(SettingReader reader, ListReader lists) {
    this.reader = reader;
    this.lists = lists;
  }

  RouteNames names() {
    Settings settings = reader.settings();
    if (settings.all("domain").isEmpty() && settings.all("domain-list").isEmpty()) {
      reader.missing("domain, domain-list", "at least one of the two is required");
    }
    settings.all("domain").forEach(this::add);
    List<RouteList> taken = new ArrayList<>();
    for (Setting given : settings.all("domain-list")) {
      RouteList list = lists.use(given);
      if (list != null) {
        taken.add(list);
      }
    }
    // An empty list serves nobody, which is what it says.
    AccessList clients =
        settings.values().containsKey("clients")
            ? new AccessList(reader.prefixes("clients"))
            : null;
    return new RouteNames(domains, patterns, taken, clients);
  }

  private void add(Setting given) {
    String text = given.text();
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("=")) {
      addFull(given, text.substring(1));
    } else if (lower.startsWith("full:")) {
      addFull(given, text.substring("full:".length()));
    } else if (lower.startsWith("keyword:")) {
      addKeyword(given, lower.substring("keyword:".length()));
    } else if (lower.startsWith("regexp:")) {
      addRegexp(given, text.substring("regexp:".length()));
    } else {
      String prefix = BELOW.stream().filter(lower::startsWith).findFirst().orElse("");
      DomainName name = reader.name(given, text.substring(prefix.length()));
      if (name != null) {
        domains.add(name);
      }
    }
  }

  private void addFull(Setting given, String text) {
    DomainName name = reader.name(given, text);
    if (name != null) {
      patterns.add(new NamePattern(Kind.FULL, name.toString(), given.place()));
    }
  }

  private void addKeyword(Setting given, String text) {
    boolean fits = !text.isEmpty() && text.length() <= 253;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      fits &= c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "-_.".indexOf(c) >= 0;
    }
    if (fits) {
      patterns.add(new NamePattern(Kind.KEYWORD, text, given.place()));
    } else {
      reader.mistake(
          given, "'" + given.text() + "': a keyword has letters, digits, '-', '_' and '.' only");
    }
  }

  private void addRegexp(Setting given, String text) {
    try {
      Pattern.compile(text);
      patterns.add(new NamePattern(Kind.REGEXP, text, given.place()));
    } catch (PatternSyntaxException e) {
      reader.mistake(
          given, "'" + given.text() + "': not a regular expression of RE2: " + e.getDescription());
    }
  }
}
