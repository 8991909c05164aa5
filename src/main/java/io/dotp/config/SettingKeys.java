package io.dotp.config;

import static io.dotp.config.SettingKeys.Kind.MANY;
import static io.dotp.config.SettingKeys.Kind.ONE;
import static io.dotp.config.SettingKeys.Kind.SWITCH;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a configuration file, by the table that they stand in; those outside of all tables
 * are the long flags.
 */
public final class SettingKeys {
  /** What a key may have. */
  enum Kind {
    /** A value; of several the last one counts. */
    ONE,
    /** A value or a list of them. */
    MANY,
    /** {@code true} or {@code false}. */
    SWITCH
  }

  private static final Map<String, Kind> TOP =
      keys(
          ONE,
          "port ipv4-prefix ipv6-prefix upstream-port state-dir nat-ttl max-lease fake-ttl"
              + " quarantine commit-deadline nft-table nft-backend mapping-key pool-key max-fakes-per-client"
              + " max-pool-share log-level cache-size serve-stale https-records rate-limit"
              + " upstream-ca list-ca control-socket mark mark-mask mss"
              + " tproxy-mark tproxy-mask tproxy-table",
          MANY,
          "host domain upstream-host reserve allow-clients hosts-file pass-canary forward"
              + " bootstrap-host",
          SWITCH,
          "daemonize dry-run block-quic capture-dns");

  private static final Map<String, Map<String, Kind>> TABLES =
      Map.of(
          "route",
          keys(
              ONE,
              "name ipv4-prefix ipv6-prefix https-records upstream-port treatment rcode fake-ttl"
                  + " mark mark-mask mss inbound port fail-mode",
              MANY,
              "domain domain-list clients upstream-host",
              SWITCH,
              "allow-private-real block-quic"),
          "list",
          keys(ONE, "name path url format refresh", MANY, "", SWITCH, ""));

  private SettingKeys() {}

  /** The long flags that a file and the environment may set, too. */
  public static Collection<String> top() {
    return TOP.keySet();
  }

  /** Null for an unknown key outside of all tables. */
  static @Nullable Kind kind(String key) {
    return TOP.get(key);
  }

  /** The keys of the whole file, for an empty name, or of a table; null for an unknown one. */
  static @Nullable Map<String, Kind> of(String table) {
    return table.isEmpty() ? TOP : TABLES.get(table);
  }

  static Collection<String> tables() {
    return TABLES.keySet();
  }

  private static Map<String, Kind> keys(
      Kind first, String ones, Kind second, String lists, Kind third, String switches) {
    Map<String, Kind> keys = new TreeMap<>();
    put(keys, first, ones);
    put(keys, second, lists);
    put(keys, third, switches);
    return Map.copyOf(keys);
  }

  private static void put(Map<String, Kind> keys, Kind kind, String words) {
    if (!words.isEmpty()) {
      for (String word : words.split(" ", -1)) {
        keys.put(word, kind);
      }
    }
  }
}
