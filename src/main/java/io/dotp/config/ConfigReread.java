package io.dotp.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks what is read while the program runs. Sockets, the kernel's table, the state directory and
 * whom to ask for names of no route are what they were at the start; all else is taken over.
 */
public final class ConfigReread {
  /** Flags that take effect at once. */
  private static final Set<String> CHANGEABLE =
      Set.of(
          "domain",
          "ipv4-prefix",
          "ipv6-prefix",
          "https-records",
          "hosts-file",
          "pass-canary",
          "fake-ttl",
          "mark",
          "mark-mask",
          "mss",
          "block-quic",
          "capture-dns",
          "log-level");

  private final Settings started;
  private final Environment environment;

  /**
   * @param started what was said at the start
   */
  public ConfigReread(SettingLayers started, Environment environment) {
    this.started = started.settings();
    this.environment = environment;
  }

  /** Checks what was read by itself first: its mistakes should be seen before the next start. */
  public RereadResult of(SettingLayers read) {
    if (ConfigBuilder.build(read, environment) instanceof ConfigResult.Invalid invalid) {
      return new RereadResult.Invalid(invalid.mistakes());
    }
    List<String> kept = kept(read.settings());
    SettingLayers merged = new SettingLayers(merged(read.settings()), List.of(), true);
    ConfigResult result = ConfigBuilder.build(merged, environment);
    if (result instanceof ConfigResult.Invalid invalid) {
      return new RereadResult.Invalid(
          invalid.mistakes().stream()
              .map(text -> text + " (beside values that need a restart: " + kept + ")")
              .toList());
    }
    return new RereadResult.Reread(((ConfigResult.Valid) result).config(), kept);
  }

  private List<String> kept(Settings read) {
    Set<String> names = new TreeSet<>(started.values().keySet());
    names.addAll(read.values().keySet());
    List<String> kept = new ArrayList<>();
    for (String name : names) {
      if (!CHANGEABLE.contains(name) && !texts(started, name).equals(texts(read, name))) {
        kept.add("--" + name);
      }
    }
    return kept;
  }

  private static List<String> texts(Settings settings, String key) {
    return settings.all(key).stream().map(Setting::text).toList();
  }

  private Settings merged(Settings read) {
    Map<String, List<Setting>> values = new HashMap<>(started.values());
    for (String name : CHANGEABLE) {
      values.remove(name);
      if (!read.all(name).isEmpty()) {
        values.put(name, read.all(name));
      }
    }
    return new Settings("", values, read.tables());
  }
}
