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
final class FlagReader {
  static final int DNS_PORT = 53;

  private static final Duration DAY = Duration.ofDays(1);
  private static final int LARGEST_PORT = 65_535;

  private final FlagSet flags;
  private final Path workingDirectory;
  private final List<String> mistakes = new ArrayList<>();

  FlagReader(FlagSet flags, Path workingDirectory) {
    this.flags = flags;
    this.workingDirectory = workingDirectory;
  }

  FlagSet flags() {
    return flags;
  }

  /** One message per mistake, in the order in which they were found. */
  List<String> mistakes() {
    return mistakes;
  }

  void mistake(String key, String message) {
    mistakes.add("--" + key + ": " + message);
  }

  /** A list that must not be empty. */
  List<String> required(String key, String advice) {
    List<String> texts = flags.all(key);
    if (texts.isEmpty()) {
      mistake(key, "is required: " + advice);
    }
    return texts;
  }

  List<IpAddress> addresses(String key, List<String> texts) {
    List<IpAddress> addresses = new ArrayList<>();
    for (String text : texts) {
      IpAddress address = address(text);
      if (address == null) {
        mistake(key, "'" + text + "' is no IPv4 or IPv6 address");
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
    for (String text : flags.all(key)) {
      IpPrefix prefix = IpPrefix.parse(text);
      if (prefix == null) {
        mistake(key, "'" + text + "' is no address or prefix");
      } else {
        prefixes.add(prefix);
      }
    }
    return prefixes;
  }

  /** Null when {@code text} is no name. */
  @Nullable DomainName name(String key, String text) {
    try {
      return DomainName.parse(text);
    } catch (IllegalArgumentException e) {
      mistake(key, "'" + text + "': " + e.getMessage());
      return null;
    }
  }

  int port(String key) {
    String text = flags.one(key);
    if (text == null) {
      return DNS_PORT;
    }
    int port = port(text, DNS_PORT);
    if (port < 0) {
      mistake(key, "'" + text + "' is no port, 1 to 65535");
      return DNS_PORT;
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
    String text = flags.one(key);
    if (text == null) {
      return preset;
    }
    long number = number(text);
    if (number < least || number > most) {
      mistake(
          key,
          String.format(
              Locale.ROOT, "'%s' is no number of %s from %d to %d", text, what, least, most));
      return preset;
    }
    return number;
  }

  /** A number of bytes, with K, M or G behind it for its multiples by 1024. */
  long bytes(String key, long preset, long most) {
    String text = flags.one(key);
    if (text == null) {
      return preset;
    }
    int unit = text.isEmpty() ? -1 : "KMG".indexOf(text.charAt(text.length() - 1));
    long number = number(unit < 0 ? text : text.substring(0, text.length() - 1));
    long bytes = number < 0 ? -1 : number << 10 * (unit + 1);
    if (bytes < 0 || bytes > most) {
      mistake(key, "'" + text + "' is no size from 0 to " + (most >> 20) + "M, for example 16M");
      return preset;
    }
    return bytes;
  }

  /** A word for each constant: its name in lower case, with hyphens. */
  <E extends Enum<E>> E choice(String key, E preset, E[] values) {
    String text = flags.one(key);
    E chosen = text == null ? preset : choice(key, text, values);
    return chosen == null ? preset : chosen;
  }

  /** Null when no constant goes by this word. */
  <E extends Enum<E>> @Nullable E choice(String key, String text, E[] values) {
    List<String> known = new ArrayList<>();
    for (E value : values) {
      String word = value.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (word.equals(text)) {
        return value;
      }
      known.add(word);
    }
    mistake(key, "'" + text + "' is unknown, use " + String.join(", ", known));
    return null;
  }

  /** Null when {@code text} is no path. */
  @Nullable Path path(String key, String text) {
    try {
      return workingDirectory.resolve(text).normalize();
    } catch (InvalidPathException e) {
      mistake(key, "'" + text + "' is no path: " + e.getReason());
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
