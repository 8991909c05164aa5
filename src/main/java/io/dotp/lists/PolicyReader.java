package io.dotp.lists;

import io.dotp.config.ListConfig;
import io.dotp.config.NamePattern;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteList;
import io.dotp.lists.ListReading.Basis;
import io.dotp.name.DomainName;
import io.dotp.policy.NameRules;
import io.dotp.policy.Policy;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes one policy of the names and the lists of all routes. Thread: one; used once. */
final class PolicyReader {
  /** Bad lines of a list that a warning shows. */
  private static final int SHOWN_LINES = 3;

  private final DomainListParser parser;
  private final Function<RouteList, @Nullable ListSource> sources;
  private final Instant now;
  private final List<String> mistakes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Map<String, String> failures = new HashMap<>();
  private final List<ListStatus> status = new ArrayList<>();

  /** By the name of the list and its part: several routes may use one. */
  private final Map<String, NameRules> known = new HashMap<>();

  private final ListLimits limits;
  private int rules;
  private long bytes;
  private boolean ofFiles;

  PolicyReader(
      DomainListParser parser,
      ListLimits limits,
      Function<RouteList, @Nullable ListSource> sources,
      Instant now) {
    this.parser = parser;
    this.limits = limits;
    this.sources = sources;
    this.now = now;
  }

  ListReading read(Basis basis) {
    Policy.Builder policy = new Policy.Builder();
    for (RouteConfig route : basis.routes()) {
      List<NameRules> rules = new ArrayList<>(List.of(ofConfiguration(route)));
      for (RouteList list : route.names().lists()) {
        rules.add(known.computeIfAbsent(nameOf(list), name -> read(list, name)));
      }
      policy.add(route.id(), route.names().clients(), rules);
    }
    return mistakes.isEmpty()
        ? new ListReading.Read(policy.build(), status, warnings, basis)
        : new ListReading.Refused(mistakes, ofFiles, failures);
  }

  /** As messages and the status name it. */
  static String nameOf(RouteList part) {
    String category = part.category().isEmpty() ? "" : ":" + part.category();
    return part.list().name() + category + String.join("", part.attributes());
  }

  private NameRules ofConfiguration(RouteConfig route) {
    NameRules.Builder rules = new NameRules.Builder();
    route.names().domains().forEach(rules::suffix);
    for (NamePattern pattern : route.names().patterns()) {
      String mistake =
          switch (pattern.kind()) {
            case FULL -> {
              rules.exact(DomainName.parse(pattern.text()).toWireName());
              yield null;
            }
            case KEYWORD -> rules.keyword(pattern.text());
            case REGEXP -> rules.regexp(pattern.text());
          };
      if (mistake != null) {
        mistakes.add(pattern.place() + ": '" + pattern.text() + "': " + mistake);
      }
    }
    return rules.build();
  }

  /** Tells {@code finder} what the configuration itself says. */
  static void find(RouteConfig route, RuleFinder finder) {
    route
        .names()
        .domains()
        .forEach(name -> finder.suffix(name.toWireName(), "domain of route " + route.name()));
    for (NamePattern pattern : route.names().patterns()) {
      switch (pattern.kind()) {
        case FULL -> finder.exact(DomainName.parse(pattern.text()).toWireName(), pattern.place());
        case KEYWORD -> finder.keyword(pattern.text(), pattern.place());
        case REGEXP -> finder.regexp(pattern.text(), pattern.place());
      }
    }
  }

  private NameRules read(RouteList part, String name) {
    ListConfig list = part.list();
    ListSource source = sources.apply(part);
    if (source == null) {
      return fail(part, name, "is no attribute: " + String.join("", part.attributes()));
    }
    if (list.url() != null && !Files.exists(source.file())) {
      warnings.add(
          "list has not been fetched yet, its names are not listed name="
              + name
              + " url="
              + list.url());
      status.add(new ListStatus(name, shown(list), null, 0, 0, List.of(), null, "not fetched yet"));
      return new NameRules.Builder().build();
    }
    ListResult result = parser.parse(source);
    if (result instanceof ListResult.Refused refused) {
      ofFiles = true;
      String lines =
          refused.badLines().stream().limit(SHOWN_LINES).reduce("", (a, b) -> a + "; " + b);
      return fail(part, name, refused.reason() + lines);
    }
    ListResult.Loaded loaded = (ListResult.Loaded) result;
    rules += loaded.counts().rules();
    bytes += loaded.rules().retainedBytes();
    String surplus = limits.surplus(rules, bytes);
    if (surplus != null) {
      ofFiles = true;
      return fail(part, name, surplus);
    }
    warnOfBadLines(name, loaded);
    status.add(
        new ListStatus(
            name,
            shown(list),
            loaded.format(),
            loaded.counts().rules(),
            loaded.counts().bad(),
            loaded.badLines(),
            now,
            null));
    return loaded.rules();
  }

  private NameRules fail(RouteList part, String name, String reason) {
    mistakes.add(part.place() + ": " + reason);
    failures.put(name, reason);
    return new NameRules.Builder().build();
  }

  private void warnOfBadLines(String name, ListResult.Loaded loaded) {
    int bad = loaded.counts().bad();
    if (bad > 0) {
      List<String> shown = loaded.badLines().stream().limit(SHOWN_LINES).toList();
      String more = bad > shown.size() ? " and " + (bad - shown.size()) + " more" : "";
      warnings.add(
          "list has bad lines, they are passed over name="
              + name
              + " count="
              + bad
              + " lines=\""
              + String.join("; ", shown)
              + more
              + "\"");
    }
  }

  private static String shown(ListConfig list) {
    return String.valueOf(list.url() == null ? list.path() : list.url());
  }
}
