package io.dotp.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Tells the waiting launcher that DNS is answered: a JVM cannot fork, so {@code --daemonize} is the
 * launcher's work, which reads our exit code from a pipe and leaves once it has it.
 */
final class Readiness {
  private final @Nullable Path pipe;

  /**
   * @param pipe where the launcher reads, null when nobody waits
   */
  Readiness(@Nullable Path pipe) {
    this.pipe = pipe;
  }

  boolean isAwaited() {
    return pipe != null;
  }

  void announce() throws IOException {
    if (pipe != null) {
      Files.writeString(pipe, "0\n", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
    }
  }
}
