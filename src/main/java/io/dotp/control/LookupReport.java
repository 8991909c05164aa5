package io.dotp.control;

import java.util.List;

/**
 * What the lists say about one name.
 *
 * @param mistake why the question cannot be answered, empty when it can
 * @param matches the one that decides first
 */
public record LookupReport(String mistake, List<Match> matches) {
  public LookupReport {
    matches = List.copyOf(matches);
  }

  /**
   * One rule.
   *
   * @param route that it belongs to
   * @param treatment of that route
   * @param source list, file or key of the configuration that holds it
   * @param rule as a list would have it
   */
  public record Match(String route, String treatment, String source, String rule) {}
}
