package io.dotp.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of ours that tests start in a namespace; they need nothing but the JDK. */
final class TestProgram {
  private TestProgram() {}

  static List<String> commandLine(Class<?> program, List<String> arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-cp",
                Path.of("target/test-classes").toAbsolutePath().toString(),
                program.getName()));
    line.addAll(arguments);
    return line;
  }
}
