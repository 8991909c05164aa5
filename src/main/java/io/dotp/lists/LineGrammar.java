package io.dotp.lists;

/** A format in which each line stands for itself. Thread: one, as the collector that it fills. */
interface LineGrammar {
  /**
   * Reads one line, which is not empty.
   *
   * @param line changed on the way
   */
  void read(Line line, RuleCollector rules);
}
