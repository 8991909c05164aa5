package io.dotp.config;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns texts into values; what it cannot read is noted as a mistake, and a preset stands in. */
final class SettingReader {
  static final int DNS_PORT = 53;

  private static final Duration DAY = Duration.ofDays(1);
  private static final int LARGEST_PORT = 65_535;

  private final Settings settings;
  private final Path workingDirectory;
  private final List<String> mistakes;

  SettingReader(Settings settings, Path workingDirectory) {
    this(settings, workingDirectory, new ArrayList<>());
  }

  private SettingReader(Settings settings, Path workingDirectory, List<String> mistakes) {
    this.settings = settings;
    this.workingDirectory = workingDirectory;
    this.mistakes = mistakes;
  }

  /** For a table within, with the same list of mistakes. */
  SettingReader within(Settings table) {
    return new SettingReader(table, workingDirectory, mistakes);
  }

  Settings settings() {
    return settings;
  }

  /** One message per mistake, in the order in which they were found. */
  List<String> mistakes() {
    return mistakes;
  }

  void mistake(Setting where, String message) {
    mistakes.add(where.place() + ": " + message);
  }

  /** About something that is not there. */
  void missing(String key, String message) {
    mistakes.add(settings.placeOf(key) + ": " + message);
  }

  /** A list that must not be empty. */
  List<Setting> required(String key, String advice) {
    List<Setting> given = settings.all(key);
    if (given.isEmpty()) {
      missing(key, "is required: " + advice);
    }
    return given;
  }

  List<IpAddress> addresses(List<Setting> given) {
    List<IpAddress> addresses = new ArrayList<>();
    for (Setting each : given) {
      IpAddress address = address(each.text());
      if (address == null) {
        mistake(each, "'" + each.text() + "' is no IPv4 or IPv6 address");
      } else if (!addresses.contains(address)) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  /** Null when {@code text} is no address. */
  static @Nullable IpAddress address(String text) {
    IpAddress parsed = IpAddress.parse(text);
    return parsed == null ? null : parsed.unmapped();
  }

  List<IpPrefix> prefixes(String key) {
    List<IpPrefix> prefixes = new ArrayList<>();
    for (Setting given : settings.all(key)) {
      IpPrefix prefix = IpPrefix.parse(given.text());
      if (prefix == null) {
        mistake(given, "'" + given.text() + "' is no address or prefix");
      } else {
        prefixes.add(prefix);
      }
    }
    return prefixes;
  }

  /** Null when {@code text} is no name. */
  @Nullable DomainName name(Setting where, String text) {
    try {
      return DomainName.parse(text);
    } catch (IllegalArgumentException e) {
      mistake(where, "'" + text + "': " + e.getMessage());
      return null;
    }
  }

  int port(String key) {
    return portOr(key, DNS_PORT);
  }

  /**
   * @param preset when nothing is said
   */
  int portOr(String key, int preset) {
    Setting given = settings.one(key);
    if (given == null) {
      return preset;
    }
    int port = port(given.text(), preset);
    if (port < 0) {
      mistake(given, "'" + given.text() + "' is no port, 1 to 65535");
      return preset;
    }
    return port;
  }

  /** {@code preset} for an empty text, -1 for one that is no port. */
  static int port(String text, int preset) {
    long port = text.isEmpty() ? preset : number(text);
    return port < 1 || port > LARGEST_PORT ? -1 : (int) port;
  }

  Duration seconds(String key, Duration preset, Duration least) {
    return seconds(key, preset, least, DAY);
  }

  Duration seconds(String key, Duration preset, Duration least, Duration most) {
    long seconds = number(key, "seconds", preset.toSeconds(), least.toSeconds(), most.toSeconds());
    return Duration.ofSeconds(seconds);
  }

  /**
   * @param what is counted
   */
  long number(String key, String what, long preset, long least, long most) {
    Setting given = settings.one(key);
    if (given == null) {
      return preset;
    }
    long number = number(given.text());
    if (number < least || number > most) {
      mistake(
          given,
          String.format(
              Locale.ROOT,
              "'%s' is no number of %s from %d to %d",
              given.text(),
              what,
              least,
              most));
      return preset;
    }
    return number;
  }

  /** A number of bytes, with K, M or G behind it for its multiples by 1024. */
  long bytes(String key, long preset, long most) {
    Setting given = settings.one(key);
    if (given == null) {
      return preset;
    }
    String text = given.text();
    int unit = text.isEmpty() ? -1 : "KMG".indexOf(text.charAt(text.length() - 1));
    long number = number(unit < 0 ? text : text.substring(0, text.length() - 1));
    long bytes = number < 0 ? -1 : number << 10 * (unit + 1);
    if (bytes < 0 || bytes > most) {
      mistake(given, "'" + text + "' is no size from 0 to " + (most >> 20) + "M, for example 16M");
      return preset;
    }
    return bytes;
  }

  /** Whether a switch is on, {@code preset} when nothing is said about it. */
  boolean is(String key, boolean preset) {
    return settings.one(key) == null ? preset : settings.isOn(key);
  }

  /** A word for each constant: its name in lower case, with hyphens. */
  <E extends Enum<E>> E choice(String key, E preset, E[] values) {
    Setting given = settings.one(key);
    E chosen = given == null ? preset : choice(given, values);
    return chosen == null ? preset : chosen;
  }

  /** Null when no constant goes by this word. */
  <E extends Enum<E>> @Nullable E choice(Setting given, E[] values) {
    List<String> known = new ArrayList<>();
    for (E value : values) {
      String word = value.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (word.equals(given.text())) {
        return value;
      }
      known.add(word);
    }
    mistake(given, "'" + given.text() + "' is unknown, use " + String.join(", ", known));
    return null;
  }

  /** Null when it is no path. */
  @Nullable Path path(Setting given) {
    return path(given, given.text());
  }

  /** Null when {@code text}, a part of {@code where}, is no path. */
  @Nullable Path path(Setting where, String text) {
    Path directory = where.directory();
    try {
      return (directory == null ? workingDirectory : directory).resolve(text).normalize();
    } catch (InvalidPathException e) {
      mistake(where, "'" + text + "' is no path: " + e.getReason());
      return null;
    }
  }

  /** -1 when {@code text} is not 1 to 9 digits. */
  private static long number(String text) {
    boolean digits =
        !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Long.parseLong(text) : -1;
  }
}
