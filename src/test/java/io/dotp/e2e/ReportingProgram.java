package io.dotp.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A {@link TestProgram} on a host of the lab that runs until it is closed, and answers each line
 * "report" with a line of its tally.
 */
final class ReportingProgram implements AutoCloseable {
  private final String name;
  private final Process process;
  private final Writer commands;
  private final BufferedReader reports;

  private ReportingProgram(String name, Process process) {
    this.name = name;
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.US_ASCII);
    this.reports =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  /** Ends with the lab. */
  static ReportingProgram start(Lab lab, String role, Class<?> program, List<String> arguments) {
    List<String> command = lab.inside(role, TestProgram.commandLine(program, arguments));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return lab.closing(new ReportingProgram(program.getSimpleName(), process));
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
        throw new AssertionError(name + " has ended");
      }
      return Tally.parse(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
