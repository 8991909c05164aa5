package io.dotp.config;

import io.dotp.ip.IpPrefix;
import io.dotp.ip.UsableHosts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how fakes are chosen, and by whom how many. */
final class PoolReader {
  private static final int MOST_FAKES = 1_000_000;

  /** More of a file than a key with blanks around it can have. */
  private static final int LONGEST_KEY_FILE = 256;

  private final SettingReader reader;

  PoolReader(SettingReader reader) {
    this.reader = reader;
  }

  PoolConfig pool() {
    return new PoolConfig(
        reader.choice("mapping-key", PoolConfig.PRESET.mappingKey(), MappingKey.values()),
        secret(),
        reader.prefixes("reserve").stream().map(IpPrefix::unmapped).toList(),
        clientLimits());
  }

  private ClientLimits clientLimits() {
    ClientLimits preset = ClientLimits.PRESET;
    return new ClientLimits(
        (int)
            reader.number(
                "max-fakes-per-client",
                "new fakes a minute",
                preset.fakesPerMinute(),
                0,
                MOST_FAKES),
        (int) reader.number("max-pool-share", "percent", preset.poolSharePercent(), 1, 100));
  }

  /** A pool that has nothing left could answer nobody. */
  void refuseEmpty(IpPrefix pool, List<IpPrefix> reserve) {
    if (!reserve.isEmpty() && new UsableHosts(pool, reserve).count() == 0) {
      Setting first = reader.settings().all("reserve").get(0);
      reader.mistake(first, "leaves nothing of the pool " + pool + ", reserve less");
    }
  }

  /** What is wrong is said without the text itself: the key is a secret. */
  private @Nullable PoolSecret secret() {
    Setting given = reader.settings().one("pool-key");
    if (given == null) {
      return null;
    }
    String text = given.text();
    String digits = text.startsWith("@") ? content(given, text.substring(1)) : text;
    if (digits == null) {
      return null;
    }
    PoolSecret secret = PoolSecret.parse(digits);
    if (secret == null) {
      String where = text.startsWith("@") ? "file '" + text.substring(1) + "'" : "value";
      reader.mistake(
          given,
          "the "
              + where
              + " is not 32 hexadecimal digits, as `openssl rand -hex 16` makes them;"
              + " @FILE names a file that holds them");
    }
    return secret;
  }

  private @Nullable String content(Setting given, String file) {
    Path path = file.isEmpty() ? null : reader.path(given, file);
    if (file.isEmpty()) {
      reader.mistake(given, "'@' names no file, for example @/etc/dotp/pool-key");
    }
    if (path == null) {
      return null;
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(LONGEST_KEY_FILE);
      return new String(bytes, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      reader.mistake(given, "file " + path + " cannot be read: " + e);
      return null;
    }
  }
}
