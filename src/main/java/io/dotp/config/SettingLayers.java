package io.dotp.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was said, from the weakest word to the strongest: file, {@code conf.d/*.toml}
 * beside it, environment, flags. A single value replaces an earlier one, lists go on.
 *
 * @param settings all of it
 * @param mistakes of the files and the environment, one message each
 * @param complete false when a file could not be read, so that what is missing means nothing
 */
public record SettingLayers(Settings settings, List<String> mistakes, boolean complete) {
  private static final String PREFIX = "DOTP_";
  private static final List<String> SWITCHES = List.of("true", "false");

  /** Variables that are not settings: which file, and the launcher's. */
  private static final List<String> OTHERS = List.of("DOTP_CONFIG", "DOTP_JAVA", "DOTP_JAVA_OPTS");

  /** Files of one directory; more is a mistake of whoever fills it. */
  private static final int MOST_FILES = 1_000;

  public SettingLayers {
    mistakes = List.copyOf(mistakes);
  }

  /**
   * @param file of the configuration, null for none
   * @param variables of the process's environment
   */
  public static SettingLayers read(
      @Nullable Path file, Map<String, String> variables, Settings flags) {
    List<String> mistakes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    if (file != null) {
      files.add(file);
      files.addAll(parts(file.resolveSibling("conf.d"), mistakes));
    }
    Settings all = Settings.NONE;
    boolean complete = mistakes.isEmpty();
    for (Path each : files) {
      Settings read = TomlSettings.read(each, mistakes);
      complete &= read != null;
      all = read == null ? all : all.then(read);
    }
    all = all.then(environment(variables, mistakes)).then(flags);
    return new SettingLayers(all, mistakes, complete);
  }

  /** Nothing but flags. */
  public static SettingLayers of(Settings flags) {
    return new SettingLayers(flags, List.of(), true);
  }

  /** In the order of their names. */
  private static List<Path> parts(Path directory, List<String> mistakes) {
    List<Path> parts = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return parts;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.toml")) {
      files.forEach(parts::add);
    } catch (IOException e) {
      mistakes.add(directory + ": cannot be read: " + e);
    }
    if (parts.size() > MOST_FILES) {
      mistakes.add(directory + ": holds more than " + MOST_FILES + " files");
      return List.of();
    }
    parts.sort(null);
    return parts;
  }

  /** {@code DOTP_UPSTREAM_HOST="9.9.9.9 1.1.1.1"}: values of a list stand between blanks. */
  private static Settings environment(Map<String, String> variables, List<String> mistakes) {
    Map<String, List<Setting>> values = new HashMap<>();
    for (Map.Entry<String, String> variable : new TreeMap<>(variables).entrySet()) {
      String name = variable.getKey();
      if (!name.startsWith(PREFIX) || OTHERS.contains(name)) {
        continue;
      }
      String key = name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
      SettingKeys.Kind kind = SettingKeys.kind(key);
      if (kind == null) {
        // Others may use the prefix, such as a container's links to a service named dotp.
        List<String> known = SettingKeys.top().stream().map(SettingLayers::variable).toList();
        String meant = Suggestion.of(name, known);
        if (!meant.isEmpty()) {
          mistakes.add(name + ": unknown variable" + meant);
        }
        continue;
      }
      if (kind == SettingKeys.Kind.SWITCH && !SWITCHES.contains(variable.getValue())) {
        mistakes.add(name + ": '" + variable.getValue() + "' is neither true nor false");
      }
      values.put(key, settings(kind, name, variable.getValue()));
    }
    return new Settings("", values, Map.of());
  }

  private static List<Setting> settings(SettingKeys.Kind kind, String name, String value) {
    if (kind != SettingKeys.Kind.MANY) {
      return List.of(new Setting(value, name, null));
    }
    List<Setting> settings = new ArrayList<>();
    for (String text : value.strip().split("\\s+")) {
      settings.add(new Setting(text, name, null));
    }
    return settings;
  }

  private static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
