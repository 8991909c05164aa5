package io.dotp.policy;

import com.google.re2j.Pattern;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The regular expressions of all routes. An expression costs microseconds, so only those are tried
 * of which the name has the {@link RegexpLiteral}. Immutable. Thread: any.
 */
final class RegexpMatcher {
  private final List<Regexp> regexps;
  private final @Nullable KeywordMatcher literals;

  /** Expressions without a literal: tried on every name. */
  private final BitSet always;

  /** An expression of the route with the index {@code route}. */
  private record Regexp(Pattern pattern, int route) {}

  private RegexpMatcher(Builder builder) {
    this.regexps = List.copyOf(builder.regexps);
    this.literals = builder.literals.build();
    this.always = (BitSet) builder.always.clone();
  }

  /** The first admitted route of which an expression is found, {@link SuffixSet#NONE} without. */
  int firstMatch(WireName name, SuffixSet.Admission admission, @Nullable ClientView client) {
    BitSet candidates = candidates(name);
    if (candidates.isEmpty()) {
      return SuffixSet.NONE;
    }
    String text = name.toDomainName().toString();
    int refused = SuffixSet.NONE;
    for (int i = candidates.nextSetBit(0); i >= 0; i = candidates.nextSetBit(i + 1)) {
      Regexp regexp = regexps.get(i);
      if (regexp.route != refused && regexp.pattern.matcher(text).find()) {
        if (admission.admits(regexp.route, name, client)) {
          return regexp.route;
        }
        refused = regexp.route;
      }
    }
    return SuffixSet.NONE;
  }

  private BitSet candidates(WireName name) {
    BitSet found = literals == null ? null : literals.values(name);
    if (found == null) {
      return always;
    }
    found.or(always);
    return found;
  }

  /** Collects expressions in the order of their routes. Thread: one. */
  static final class Builder {
    private final List<Regexp> regexps = new ArrayList<>();
    private final KeywordMatcher.Builder literals = new KeywordMatcher.Builder();
    private final BitSet always = new BitSet();

    void add(Pattern pattern, int route) {
      String literal = RegexpLiteral.of(pattern.pattern());
      if (literal.isEmpty()) {
        always.set(regexps.size());
      } else {
        literals.add(literal, regexps.size());
      }
      regexps.add(new Regexp(pattern, route));
    }

    /**
     * @return null when there are no expressions
     */
    @Nullable RegexpMatcher build() {
      return regexps.isEmpty() ? null : new RegexpMatcher(this);
    }
  }
}
