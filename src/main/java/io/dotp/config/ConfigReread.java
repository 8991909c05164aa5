package io.dotp.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Checks what is read while the program runs. Sockets, the kernel's table, the state directory and
 * whom to ask are what they were at the start; all else is taken over.
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

  /** Those of them that belong to the route of the flags. */
  private static final Set<String> OF_THE_DEFAULT_ROUTE =
      Set.of("domain", "ipv4-prefix", "ipv6-prefix", "mark", "mark-mask", "mss", "block-quic");

  /** Keys of a route that say whom to ask. */
  private static final List<String> FIXED_OF_A_ROUTE =
      List.of("name", "upstream-host", "upstream-port");

  private static final String ROUTE = "route";

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
    if (!hasSameRoutes(read)) {
      kept.add("[[" + ROUTE + "]]");
    }
    return kept;
  }

  /** A route is known by its place: the same ones in the same order, asking the same servers. */
  private boolean hasSameRoutes(Settings read) {
    boolean sameDefault = started.all("domain").isEmpty() == read.all("domain").isEmpty();
    return sameDefault && fixed(started).equals(fixed(read));
  }

  private static List<List<String>> fixed(Settings settings) {
    return settings.tables(ROUTE).stream()
        .flatMap(route -> FIXED_OF_A_ROUTE.stream().map(key -> texts(route, key)))
        .toList();
  }

  private static List<String> texts(Settings settings, String key) {
    return settings.all(key).stream().map(Setting::text).toList();
  }

  private Settings merged(Settings read) {
    boolean sameRoutes = hasSameRoutes(read);
    Map<String, List<Setting>> values = new HashMap<>(started.values());
    for (String name : CHANGEABLE) {
      if (!sameRoutes && OF_THE_DEFAULT_ROUTE.contains(name)) {
        continue;
      }
      values.remove(name);
      if (!read.all(name).isEmpty()) {
        values.put(name, read.all(name));
      }
    }
    return new Settings("", values, sameRoutes ? read.tables() : started.tables());
  }
}
