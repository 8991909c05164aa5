package io.dotp.lists;

import io.dotp.config.RouteId;

/**
 * A rule that matches a name.
 *
 * @param route that has it
 * @param routeName as in the configuration
 * @param rule as text: a name, a keyword or an expression
 * @param place {@code file:line}, or which key of the configuration
 */
public record RuleMatch(RouteId route, String routeName, Kind kind, String rule, String place) {
  /** Kinds of rules, those that beat others first. */
  public enum Kind {
    /** The name alone. */
    EXACT,
    /** The name or one above it. */
    SUFFIX,
    KEYWORD,
    REGEXP,
    /** The name, or one above it, is taken out of this route. */
    EXCLUSION
  }
}
