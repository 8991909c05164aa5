package io.dotp.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the running program takes commands.
 *
 * @param socket file of the Unix socket
 * @param chosen whether the administrator named it, so that going on without it would be a surprise
 */
public record ControlConfig(Path socket, boolean chosen) {
  /** Longest path of a Unix socket in bytes: {@code sun_path} without its end, unix(7). */
  public static final int LONGEST_PATH = 107;

  private static final String FILE = "control.sock";

  static ControlConfig of(SettingReader reader, @Nullable Setting given, Path otherwise) {
    Path named = given == null ? null : reader.path(given);
    if (given == null || named == null) {
      return new ControlConfig(otherwise, false);
    }
    if (named.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
      reader.mistake(
          given, "'" + named + "' is longer than the " + LONGEST_PATH + " bytes of a Unix socket");
    }
    return new ControlConfig(named, true);
  }

  /**
   * Where it is unless the administrator says otherwise; a client that is told nothing looks there.
   *
   * @param stateDir for users without a runtime directory
   */
  public static Path defaultSocket(Environment environment, Path stateDir) {
    if (environment.root()) {
      return Path.of("/run/dotp", FILE);
    }
    Path runtime = environment.runtimeDir();
    return runtime == null ? stateDir.resolve(FILE) : runtime.resolve("dotp").resolve(FILE);
  }
}
