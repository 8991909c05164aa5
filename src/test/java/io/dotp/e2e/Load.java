package io.dotp.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A running {@link SteadyClient} on the LAN. */
final class Load implements AutoCloseable {
  private final Process process;
  private final Writer commands;
  private final BufferedReader reports;

  private Load(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.US_ASCII);
    this.reports =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /**
   * Returns when every download flows.
   *
   * @param names of the lab's bulk names, asked for again and again
   * @param fresh the names after those, each asked for once
   * @param rate questions a second, half of them for fresh names
   */
  static Load start(Lab lab, int names, int fresh, int rate, int downloads) {
    List<String> arguments =
        List.of(Lab.GATEWAY_LAN, "" + names, "" + fresh, "" + rate, "" + downloads);
    try {
      Process process =
          new ProcessBuilder(
                  lab.inside(Lab.CLIENT, TestProgram.commandLine(SteadyClient.class, arguments)))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      Load load = lab.closing(new Load(process));
      Patience.until(() -> load.report().of("downloads") == downloads, () -> "" + load.report());
      return load;
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
        throw new AssertionError("the load has ended");
      }
      return Tally.parse(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until that many more connections were made, and until the downloads have moved on. */
  Tally awaitConnections(long more) {
    Tally now = report();
    long goal = now.of("connections") + more;
    long moved = now.of("kilobytes");
    Patience.until(
        () -> {
          Tally then = report();
          boolean flows = then.of("downloads") == 0 || then.of("kilobytes") > moved;
          return then.of("connections") >= goal && flows;
        },
        () -> "load: " + report());
    return report();
  }

  /** Stops all of it. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
