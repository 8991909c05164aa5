package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands in the namespace of this process, which has to be a private one. */
public final class Shell {
  private static final int BOUND_SECONDS = 60;
  private static final String REMEDY =
      "run by `unshare -nm` or `unshare -rnm`: these tests change the firewall";

  /** Whether the first look, before any test made a device, found a private namespace. */
  private static final boolean PRIVATE = onlyLoopback();

  private Shell() {}

  /**
   * What a command did.
   *
   * @param output standard output and error together
   */
  public record Outcome(int code, String output) {}

  /** Fails unless this network namespace is a throw-away one that no test has left dirty. */
  public static void requirePrivateNamespace() {
    assertThat(onlyLoopback()).as(REMEDY).isTrue();
  }

  /** Nothing but loopback, and what some kernels put into every namespace. */
  private static boolean onlyLoopback() {
    return execute("ip", "-o", "link", "show")
        .output()
        .lines()
        .map(line -> line.split(": ", -1)[1])
        .allMatch(name -> name.equals("lo") || name.matches("(sit|tunl|ip6tnl|gre)0@NONE"));
  }

  /** Every command goes through here, also the clean-up that JUnit runs after a failed set-up. */
  public static Outcome run(String... command) {
    assertThat(PRIVATE).as(REMEDY).isTrue();
    return execute(command);
  }

  private static Outcome execute(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
      return new Outcome(process.exitValue(), output);
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Output of a command that has to succeed. */
  public static String outputOf(String... command) {
    Outcome outcome = run(command);
    assertThat(outcome.code()).as("%s: %s", String.join(" ", command), outcome.output()).isZero();
    return outcome.output();
  }

  public static String nft(String commands) {
    return outputOf("nft", commands);
  }

  /** Loads a text as `nft -f` does. */
  public static Outcome load(String rules) {
    try {
      Path file = Files.createTempFile("rules", ".nft");
      Files.writeString(file, rules);
      Outcome outcome = run("nft", "-f", file.toString());
      Files.delete(file);
      return outcome;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Packets that a named counter of table dotp has seen. */
  static long packets(String counter) {
    String listing = nft("list counter inet dotp " + counter);
    String count = listing.replaceAll("(?s).*packets (\\d+) .*", "$1");
    return Long.parseLong(count);
  }

  /**
   * Starts a program that prints a line when it is ready, and ends at end of input.
   *
   * @return the process, ready
   */
  public static Process start(String... command) {
    List<String> seen = new ArrayList<>();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = lines.readLine();
      while (line != null && !line.equals("ready")) {
        seen.add(line);
        line = lines.readLine();
      }
      assertThat(line).as("%s: %s", String.join(" ", command), seen).isEqualTo("ready");
      return process;
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    }
  }
}
