package io.dotp.control;

import java.util.List;

/**
 * What the lists say about one name.
 *
 * @param mistake why the question cannot be answered, empty when it can
 * @param matches the best first
 * @param routes names of those that the client has; of those for everybody when it is not known
 * @param otherRoutes names of those for certain other clients
 */
public record LookupReport(
    String mistake, List<Match> matches, List<String> routes, List<String> otherRoutes) {
  public LookupReport {
    matches = List.copyOf(matches);
    routes = List.copyOf(routes);
    otherRoutes = List.copyOf(otherRoutes);
  }

  /** The question cannot be answered. */
  public static LookupReport ofMistake(String mistake) {
    return new LookupReport(mistake, List.of(), List.of(), List.of());
  }

  /**
   * One rule.
   *
   * @param route that it belongs to
   * @param kind exact, suffix, keyword, regexp or exclusion
   * @param rule its text
   * @param place file and line, or which key of the configuration
   * @param decides whether this is the one that counts
   */
  public record Match(String route, String kind, String rule, String place, boolean decides) {}
}
