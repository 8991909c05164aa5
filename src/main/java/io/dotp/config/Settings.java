package io.dotp.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was given, as text and unchecked: values by the long flag's name without its hyphens, in the
 * order in which they were given, and tables like {@code [[route]]} by their name. A switch that is
 * on has the value {@code true}.
 *
 * @param place of a table, what a mistake about something absent begins with; empty for the whole
 */
public record Settings(
    String place, Map<String, List<Setting>> values, Map<String, List<Settings>> tables) {
  /** Nothing at all. */
  static final Settings NONE = new Settings("", Map.of(), Map.of());

  public Settings {
    values = copy(values);
    tables = copy(tables);
  }

  /** What was typed, by the long names of the flags. */
  public static Settings ofFlags(Map<String, List<String>> typed) {
    Map<String, List<Setting>> values = new HashMap<>();
    typed.forEach(
        (key, texts) ->
            values.put(key, texts.stream().map(text -> Setting.ofFlag(key, text)).toList()));
    return new Settings("", values, Map.of());
  }

  /** All values of a key that may be repeated; none when it is absent. */
  public List<Setting> all(String key) {
    return values.getOrDefault(key, List.of());
  }

  /** The value of a key that may stand once, null when it is absent. */
  public @Nullable Setting one(String key) {
    List<Setting> given = all(key);
    return given.isEmpty() ? null : given.get(given.size() - 1);
  }

  /** The tables of a name; none when there is none. */
  List<Settings> tables(String name) {
    return tables.getOrDefault(name, List.of());
  }

  /** Whether a switch is on. */
  boolean isOn(String key) {
    Setting given = one(key);
    return given != null && Boolean.parseBoolean(given.text());
  }

  /** Where something is missing. */
  String placeOf(String key) {
    return place.isEmpty() ? "--" + key : place + ": " + key;
  }

  /** These and behind them those of {@code later}, which have the last word. */
  Settings then(Settings later) {
    return new Settings(place, joined(values, later.values), joined(tables, later.tables));
  }

  private static <T> Map<String, List<T>> copy(Map<String, List<T>> lists) {
    Map<String, List<T>> copy = new HashMap<>();
    lists.forEach((key, list) -> copy.put(key, List.copyOf(list)));
    return Map.copyOf(copy);
  }

  private static <T> Map<String, List<T>> joined(
      Map<String, List<T>> first, Map<String, List<T>> later) {
    Map<String, List<T>> joined = new HashMap<>();
    first.forEach((key, list) -> joined.put(key, new ArrayList<>(list)));
    later.forEach(
        (key, list) -> joined.computeIfAbsent(key, none -> new ArrayList<>()).addAll(list));
    return joined;
  }
}
