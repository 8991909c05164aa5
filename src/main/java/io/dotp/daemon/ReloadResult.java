package io.dotp.daemon;

import io.dotp.config.Config;
import java.util.List;

/** How a reload ended. */
sealed interface ReloadResult {
  /**
   * It is in force.
   *
   * @param kept flags with another value than at the start, which stays until a restart
   */
  record Taken(Config config, List<String> kept) implements ReloadResult {
    public Taken {
      kept = List.copyOf(kept);
    }
  }

  /** The old configuration stays. All mistakes at once, one message each, none empty. */
  record Refused(List<String> mistakes) implements ReloadResult {
    public Refused {
      mistakes = List.copyOf(mistakes);
    }
  }
}
