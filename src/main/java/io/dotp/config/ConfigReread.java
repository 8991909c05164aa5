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
          "log-level");

  private final FlagSet started;
  private final Environment environment;

  /**
   * @param started the flags of the start
   */
  public ConfigReread(FlagSet started, Environment environment) {
    this.started = started;
    this.environment = environment;
  }

  /** Checks flags by themselves first: their mistakes should be seen before the next start. */
  public RereadResult of(FlagSet read) {
    if (ConfigBuilder.build(read, environment) instanceof ConfigResult.Invalid invalid) {
      return new RereadResult.Invalid(invalid.mistakes());
    }
    List<String> kept = kept(read);
    ConfigResult result = ConfigBuilder.build(merged(read), environment);
    if (result instanceof ConfigResult.Invalid invalid) {
      return new RereadResult.Invalid(
          invalid.mistakes().stream()
              .map(text -> text + " (beside values that need a restart: " + kept + ")")
              .toList());
    }
    return new RereadResult.Reread(((ConfigResult.Valid) result).config(), kept);
  }

  private List<String> kept(FlagSet read) {
    Set<String> names = new TreeSet<>(started.values().keySet());
    names.addAll(read.values().keySet());
    List<String> kept = new ArrayList<>();
    for (String name : names) {
      if (!CHANGEABLE.contains(name) && !started.all(name).equals(read.all(name))) {
        kept.add("--" + name);
      }
    }
    return kept;
  }

  private FlagSet merged(FlagSet read) {
    Map<String, List<String>> values = new HashMap<>(started.values());
    for (String name : CHANGEABLE) {
      values.remove(name);
      if (!read.all(name).isEmpty()) {
        values.put(name, read.all(name));
      }
    }
    return new FlagSet(values);
  }
}
