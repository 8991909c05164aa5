package io.dotp.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A running {@link OracleClient} on the LAN. */
final class Oracle implements AutoCloseable {
  private final Process process;
  private final Writer commands;
  private final BufferedReader reports;

  private Oracle(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.US_ASCII);
    this.reports =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /**
   * @param names how many of the lab's bulk names it asks for
   */
  static Oracle start(Lab lab, int names) {
    return start(lab, names, 3, 4);
  }

  /** One that leaves the machine time for what else is measured. */
  static Oracle startCalmly(Lab lab, int names) {
    return start(lab, names, 1, 1);
  }

  private static Oracle start(Lab lab, int names, int resolvers, int connectors) {
    List<String> arguments =
        List.of(Lab.GATEWAY_LAN, "" + names, "" + resolvers, "" + connectors, "10");
    List<String> command =
        lab.inside(Lab.CLIENT2, TestProgram.commandLine(OracleClient.class, arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return lab.closing(new Oracle(process));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has counted until now. */
  Tally report() {
    try {
      commands.write("report\n");
      commands.flush();
      String line = reports.readLine();
      if (line == null) {
        throw new AssertionError("the oracle has ended");
      }
      return Tally.parse(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it has made that many more connections. */
  Tally awaitConnections(long more) {
    long goal = report().of("connections") + more;
    Patience.until(() -> report().of("connections") >= goal, () -> "oracle: " + report());
    return report();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
