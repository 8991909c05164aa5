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

  /** What a process without any load has open, and some more. */
  private static final int RESERVED = 192;

  private static final int LEAST_SHARE = 8;

  private DescriptorLimit() {}

  /** The limit in force; the JVM has raised it as far as it may. */
  public static long read() {
    try {
      return parse(Files.readAllLines(LIMITS, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return USUAL;
    }
  }

  /**
   * What one event loop may take for its sockets, so that some are left for everything else.
   *
   * @param most what it wants when there are plenty
   * @param loops how many want as much
   */
  public static int share(int most, int loops) {
    return share(read(), most, loops);
  }

  static int share(long limit, int most, int loops) {
    return (int) Math.max(LEAST_SHARE, Math.min(most, (limit - RESERVED) / 2 / loops));
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
