package io.dotp.config;

import io.dotp.config.SettingKeys.Kind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads a TOML file (toml.io, version 1.0) into settings, each with its line and column. */
final class TomlSettings {
  /** Bytes; a configuration is written by hand, lists have files of their own. */
  private static final long LARGEST_FILE = 4 << 20;

  private final Path file;
  private final List<String> mistakes;

  private TomlSettings(Path file, List<String> mistakes) {
    this.file = file;
    this.mistakes = mistakes;
  }

  /**
   * What the file says; its mistakes are added to {@code mistakes}.
   *
   * @return null when it cannot be read at all
   */
  static @Nullable Settings read(Path file, List<String> mistakes) {
    String text;
    try {
      if (Files.size(file) > LARGEST_FILE) {
        mistakes.add(file + ": is larger than " + (LARGEST_FILE >> 20) + " MB");
        return null;
      }
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      mistakes.add(file + ": is not UTF-8 text");
      return null;
    } catch (NoSuchFileException e) {
      mistakes.add(file + ": cannot be read: no such file");
      return null;
    } catch (IOException e) {
      mistakes.add(file + ": cannot be read: " + e);
      return null;
    }
    return new TomlSettings(file, mistakes).parse(text);
  }

  /** The same for a file with this text. */
  static @Nullable Settings parse(Path file, String text, List<String> mistakes) {
    return new TomlSettings(file, mistakes).parse(text);
  }

  private @Nullable Settings parse(String text) {
    TomlParseResult result = Toml.parse(text);
    // A file that is cut off or misspelt says something else than was meant: nothing of it counts.
    result
        .errors()
        .forEach(error -> mistakes.add(place(error.position()) + ": " + error.getMessage()));
    return result.hasErrors() ? null : table(result, "", "");
  }

  private Settings table(TomlTable table, String name, String place) {
    Map<String, Kind> known = Objects.requireNonNull(SettingKeys.of(name));
    Map<String, List<Setting>> values = new HashMap<>();
    Map<String, List<Settings>> tables = new HashMap<>();
    for (Map.Entry<String, Object> entry : table.entrySet()) {
      String key = entry.getKey();
      String where = place(table.inputPositionOf(List.of(key)));
      Kind kind = known.get(key);
      if (kind != null) {
        values.put(key, values(kind, entry.getValue(), key, where));
      } else if (name.isEmpty() && SettingKeys.tables().contains(key)) {
        tables.put(key, tables(key, entry.getValue(), where));
      } else {
        unknown(key, name, known, where);
      }
    }
    return new Settings(place, values, tables);
  }

  private void unknown(String key, String table, Map<String, Kind> known, String where) {
    List<String> words = new ArrayList<>(known.keySet());
    if (table.isEmpty()) {
      words.addAll(SettingKeys.tables());
    }
    String inside = table.isEmpty() ? "" : " of [[" + table + "]]";
    mistakes.add(
        where
            + ": unknown key '"
            + key
            + "'"
            + inside
            + Suggestion.of(key.replace('_', '-'), words));
  }

  private List<Settings> tables(String name, Object value, String where) {
    List<Settings> tables = new ArrayList<>();
    if (value instanceof TomlArray array) {
      for (int i = 0; i < array.size(); i++) {
        String place = place(array.inputPositionOf(i));
        if (array.get(i) instanceof TomlTable table) {
          tables.add(table(table, name, place + ": " + label(name, table)));
        } else {
          mistakes.add(place + ": " + name + ": expected a table, write [[" + name + "]]");
        }
      }
    } else {
      mistakes.add(where + ": " + name + ": is a list of tables, write [[" + name + "]]");
    }
    return tables;
  }

  private static String label(String kind, TomlTable table) {
    Object name = table.get(List.of("name"));
    return name instanceof String text ? kind + " " + text : kind;
  }

  private List<Setting> values(Kind kind, Object value, String key, String where) {
    List<Setting> values = new ArrayList<>();
    if (kind == Kind.MANY && value instanceof TomlArray array) {
      for (int i = 0; i < array.size(); i++) {
        add(values, kind, array.get(i), place(array.inputPositionOf(i)) + ": " + key);
      }
    } else {
      add(values, kind, value, where + ": " + key);
    }
    return values;
  }

  private void add(List<Setting> values, Kind kind, Object value, String place) {
    boolean fits =
        kind == Kind.SWITCH
            ? value instanceof Boolean
            : value instanceof String || value instanceof Long;
    if (fits) {
      values.add(new Setting(value.toString(), place, file.getParent()));
    } else {
      mistakes.add(place + ": expected " + expected(kind) + ", found " + found(value));
    }
  }

  private static String expected(Kind kind) {
    return switch (kind) {
      case ONE -> "a text or a whole number";
      case MANY -> "a text or a list of texts";
      case SWITCH -> "true or false";
    };
  }

  private static String found(Object value) {
    if (value instanceof TomlArray) {
      return "a list";
    }
    if (value instanceof TomlTable) {
      return "a table";
    }
    if (value instanceof Boolean) {
      return "true or false";
    }
    if (value instanceof String) {
      return "a text";
    }
    return value instanceof Number ? "a number" : "a date or time";
  }

  private String place(@Nullable TomlPosition position) {
    return position == null
        ? file.toString()
        : file + ":" + position.line() + ":" + position.column();
  }
}
