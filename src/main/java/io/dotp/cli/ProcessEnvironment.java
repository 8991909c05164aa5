package io.dotp.cli;

import io.dotp.config.Environment;
import java.nio.file.Path;
import java.util.Map;

/** What the defaults of this process depend on. */
final class ProcessEnvironment {
  private ProcessEnvironment() {}

  /**
   * @param variables of the process's environment
   */
  static Environment of(Map<String, String> variables) {
    // The launcher's: a daemon runs in the root directory, but paths mean what they meant when
    // typed.
    Path working =
        Path.of(System.getProperty("dotp.workingDirectory", System.getProperty("user.dir")));
    String stateHome = variables.getOrDefault("XDG_STATE_HOME", "");
    String runtimeDir = variables.getOrDefault("XDG_RUNTIME_DIR", "");
    Path home = Path.of(variables.getOrDefault("HOME", "/"));
    return new Environment(
        "root".equals(System.getProperty("user.name")),
        stateHome.isEmpty() ? home.resolve(".local/state") : Path.of(stateHome),
        working,
        runtimeDir.isEmpty() ? null : Path.of(runtimeDir));
  }
}
