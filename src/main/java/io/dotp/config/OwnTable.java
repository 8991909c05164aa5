package io.dotp.config;

import io.dotp.config.HostRules.TproxyRouting;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which table and routing rule of the kernel are ours.
 *
 * @param table name of the {@code inet} table
 * @param tproxy the routing for tproxy inbounds
 * @param mistakes what is wrong about what was said of these, one message each
 */
public record OwnTable(String table, TproxyRouting tproxy, List<String> mistakes) {
  private static final String DEFAULT = "dotp";
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.]{0,31}");

  public OwnTable {
    mistakes = List.copyOf(mistakes);
  }

  /** From settings that need not be whole: of all else nothing is asked. */
  public static OwnTable read(SettingLayers layers, Environment environment) {
    SettingReader reader = new SettingReader(layers.settings(), environment.workingDirectory());
    String table = name(reader);
    TproxyRouting tproxy = new RulesReader(reader).tproxy();
    reader.mistakes().addAll(0, layers.mistakes());
    return new OwnTable(table, tproxy, reader.mistakes());
  }

  static String name(SettingReader reader) {
    Setting named = reader.settings().one("nft-table");
    if (named != null && !NAME.matcher(named.text()).matches()) {
      reader.mistake(
          named,
          "'" + named.text() + "' is no table name: a letter, then letters, digits, _ and .");
    }
    return named == null ? DEFAULT : named.text();
  }
}
