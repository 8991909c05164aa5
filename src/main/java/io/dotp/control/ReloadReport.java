package io.dotp.control;

import java.util.List;

/**
 * How a reload ended.
 *
 * @param taken whether the new configuration is in force
 * @param mistakes why it is not, all of them
 * @param kept flags with a new value that needs a restart
 */
public record ReloadReport(boolean taken, List<String> mistakes, List<String> kept) {
  public ReloadReport {
    mistakes = List.copyOf(mistakes);
    kept = List.copyOf(kept);
  }
}
