package io.dotp.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How many files and sockets this process may have open. Source: proc(5), {@code limits}. */
public final class DescriptorLimit {
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String LINE = "Max open files";

  /** What a process gets when nobody says anything. */
  static final long USUAL = 1_024;

  private DescriptorLimit() {}

  /** The limit in force; the JVM has raised it as far as it may. */
  public static long read() {
    try {
      return parse(Files.readAllLines(LIMITS, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return USUAL;
    }
  }

  static long parse(List<String> lines) {
    for (String line : lines) {
      if (line.startsWith(LINE)) {
        String soft = line.substring(LINE.length()).trim().split("\\s+", 2)[0];
        return soft.equals("unlimited") ? Long.MAX_VALUE : number(soft);
      }
    }
    return USUAL;
  }

  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : USUAL;
  }
}
