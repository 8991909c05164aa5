package io.dotp.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the defaults depend on.
 *
 * @param root whether we run as uid 0
 * @param stateHome {@code $XDG_STATE_HOME}, or its default, for an ordinary user
 * @param workingDirectory against which relative paths are read
 * @param runtimeDir {@code $XDG_RUNTIME_DIR}, null when there is none
 */
public record Environment(
    boolean root, Path stateHome, Path workingDirectory, @Nullable Path runtimeDir) {
  /** Without a runtime directory. */
  public Environment(boolean root, Path stateHome, Path workingDirectory) {
    this(root, stateHome, workingDirectory, null);
  }

  /** The state directory of whoever names none. */
  public Path defaultStateDir() {
    return root ? Path.of("/var/lib/dotp") : stateHome.resolve("dotp");
  }
}
