package io.dotp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Against a list of rules of which every one is tried on every name. */
class PolicyPropertyTest {
  private static final IpAddress CLIENT = address("10.0.0.1");
  private static final AccessList OTHERS =
      new AccessList(List.of(Objects.requireNonNull(IpPrefix.parse("10.9.0.0/16"))));

  /** In the order of their precedence. */
  private enum Kind {
    EXACT,
    SUFFIX,
    KEYWORD,
    REGEXP,
    EXCLUDED
  }

  private record Rule(Kind kind, String text) {
    boolean matches(String name) {
      return switch (kind) {
        case EXACT -> name.equals(text);
        case SUFFIX, EXCLUDED -> name.equals(text) || name.endsWith("." + text);
        case KEYWORD -> name.contains(text);
        case REGEXP -> Pattern.compile(regexp()).matcher(name).find();
      };
    }

    /** The text with any character in the place of every b. */
    String regexp() {
      return text.replace(".", "[.]").replace('b', '.');
    }
  }

  /** A route of the model; {@code open} to our client or not. */
  private record Route(boolean open, List<Rule> rules) {}

  /** What a rule of an admitted route says about a name. */
  private record Match(int route, Rule rule) {}

  @Property
  void decide_anyRoutesAndName_isWhatTheNaiveModelSays(
      @ForAll("routes") List<Route> routes, @ForAll("names") List<String> names) {
    Policy.Builder builder = new Policy.Builder();
    for (int i = 0; i < routes.size(); i++) {
      Route route = routes.get(i);
      builder.add(Routes.id(i), route.open ? null : OTHERS, rules(route));
    }
    Policy policy = builder.build();

    List<String> asked = new ArrayList<>(names);
    routes.forEach(route -> route.rules.forEach(rule -> asked.add(rule.text)));
    routes.forEach(route -> route.rules.forEach(rule -> asked.add("a." + rule.text)));

    for (String name : asked) {
      assertThat(policy.decide(wire(name), policy.view(CLIENT)))
          .as(name)
          .isEqualTo(naive(routes, name));
    }
  }

  private static @Nullable RouteId naive(List<Route> routes, String name) {
    List<Match> matches = new ArrayList<>();
    for (int i = 0; i < routes.size(); i++) {
      Route route = routes.get(i);
      boolean out =
          !route.open
              || route.rules.stream().anyMatch(r -> r.kind == Kind.EXCLUDED && r.matches(name));
      int index = i;
      if (!out) {
        route.rules.stream()
            .filter(rule -> rule.kind != Kind.EXCLUDED && rule.matches(name))
            .forEach(rule -> matches.add(new Match(index, rule)));
      }
    }
    return matches.stream()
        .min(
            Comparator.comparing((Match match) -> match.rule.kind)
                .thenComparing(
                    match -> match.rule.kind == Kind.SUFFIX ? -match.rule.text.length() : 0)
                .thenComparing(Match::route))
        .map(match -> Routes.id(match.route))
        .orElse(null);
  }

  private static List<NameRules> rules(Route route) {
    // Two lists for one route, so that exclusions have to hold across them.
    NameRules.Builder[] lists = {new NameRules.Builder(), new NameRules.Builder()};
    for (int i = 0; i < route.rules.size(); i++) {
      Rule rule = route.rules.get(i);
      NameRules.Builder list = lists[i % 2];
      switch (rule.kind) {
        case EXACT -> list.exact(wire(rule.text));
        case SUFFIX -> list.suffix(wire(rule.text));
        case EXCLUDED -> list.exclude(wire(rule.text));
        case KEYWORD -> assertThat(list.keyword(rule.text)).isNull();
        case REGEXP -> assertThat(list.regexp(rule.regexp())).isNull();
      }
    }
    return List.of(lists[0].build(), lists[1].build());
  }

  /** Few letters and few labels, so that rules meet often. */
  @Provide
  Arbitrary<String> name() {
    return Arbitraries.strings()
        .withChars("ab")
        .ofMinLength(1)
        .ofMaxLength(2)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(labels -> String.join(".", labels));
  }

  @Provide
  Arbitrary<List<String>> names() {
    return name().list().ofMaxSize(10);
  }

  @Provide
  Arbitrary<List<Route>> routes() {
    Arbitrary<Rule> rule = Combinators.combine(Arbitraries.of(Kind.class), name()).as(Rule::new);
    Arbitrary<Boolean> open =
        Arbitraries.frequency(net.jqwik.api.Tuple.of(4, true), net.jqwik.api.Tuple.of(1, false));
    return Combinators.combine(open, rule.list().ofMaxSize(6)).as(Route::new).list().ofMaxSize(4);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.parse(text));
  }

  private static WireName wire(String text) {
    WireName wire = new WireName();
    wire.length(DomainName.parse(text).copyTo(wire.bytes(), 0));
    return wire;
  }
}
