package io.dotp.config;

import java.util.List;

/** What the command line says when it is read again while the program runs. */
public sealed interface RereadResult {
  /**
   * It can be put in force.
   *
   * @param config what was read, but with the values of the start where those cannot change
   * @param kept flags with another value than at the start, which stays until a restart
   */
  record Reread(Config config, List<String> kept) implements RereadResult {
    public Reread {
      kept = List.copyOf(kept);
    }
  }

  /** All mistakes at once, one message each, none empty. */
  record Invalid(List<String> mistakes) implements RereadResult {
    public Invalid {
      mistakes = List.copyOf(mistakes);
    }
  }
}
