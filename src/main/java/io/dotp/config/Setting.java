package io.dotp.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One value as it was given: text, unchecked.
 *
 * @param place what a mistake about it begins with: {@code --host}, {@code DOTP_HOST}, {@code
 *     /etc/dotp/dotp.toml:3:8: host}
 * @param directory against which a relative path is read, null for that of the process
 */
public record Setting(String text, String place, @Nullable Path directory) {
  /** As typed behind a flag. */
  static Setting ofFlag(String key, String text) {
    return new Setting(text, "--" + key, null);
  }
}
