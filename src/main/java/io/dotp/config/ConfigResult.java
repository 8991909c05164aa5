package io.dotp.config;

import java.util.List;

/** What {@link ConfigBuilder} makes of the flags. */
public sealed interface ConfigResult {
  /** Everything was right. */
  record Valid(Config config) implements ConfigResult {}

  /** All mistakes at once, one message each, none empty. */
  record Invalid(List<String> mistakes) implements ConfigResult {
    public Invalid {
      mistakes = List.copyOf(mistakes);
    }
  }
}
