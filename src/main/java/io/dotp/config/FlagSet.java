package io.dotp.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was said, as text and unchecked: values by the long flag's name without its hyphens, in the
 * order in which they were given. A switch that is on has the value {@code true}.
 */
public record FlagSet(Map<String, List<String>> values) {
  public FlagSet {
    Map<String, List<String>> copy = new HashMap<>();
    values.forEach((key, texts) -> copy.put(key, List.copyOf(texts)));
    values = Map.copyOf(copy);
  }

  /** All values of a flag that may be repeated; none when it is absent. */
  List<String> all(String key) {
    return values.getOrDefault(key, List.of());
  }

  /** The value of a flag that may stand once, null when it is absent. */
  @Nullable String one(String key) {
    List<String> texts = all(key);
    return texts.isEmpty() ? null : texts.get(texts.size() - 1);
  }

  /** Whether a switch is on. */
  boolean isOn(String key) {
    return Boolean.parseBoolean(one(key));
  }
}
