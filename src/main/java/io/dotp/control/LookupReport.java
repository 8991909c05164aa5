package io.dotp.control;

import java.util.List;

/**
 * What the lists say about one name.
 *
 * @param mistake why the question cannot be answered, empty when it can
 * @param matches the best first
 */
public record LookupReport(String mistake, List<Match> matches) {
  public LookupReport {
    matches = List.copyOf(matches);
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
