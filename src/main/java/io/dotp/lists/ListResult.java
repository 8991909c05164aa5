package io.dotp.lists;

import io.dotp.config.ListFormat;
import io.dotp.policy.NameRules;
import java.util.List;

/** What became of a list. */
public sealed interface ListResult {
  /**
   * The first bad lines, each as {@code file:line: message}; not all of them when there are many.
   */
  List<String> badLines();

  /**
   * The list can be used.
   *
   * @param format as which it was read
   */
  record Loaded(NameRules rules, ListFormat format, ListCounts counts, List<String> badLines)
      implements ListResult {
    public Loaded {
      badLines = List.copyOf(badLines);
    }
  }

  /**
   * The list says too much that is not understood, or cannot be read, or is too large: nothing of
   * it counts.
   *
   * @param reason one line for the administrator, with the file and the remedy where there is one
   */
  record Refused(String reason, List<String> badLines) implements ListResult {
    public Refused {
      badLines = List.copyOf(badLines);
    }
  }
}
