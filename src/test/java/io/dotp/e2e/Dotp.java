package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running dotp on the gateway, started by its launcher. */
final class Dotp implements AutoCloseable {
  /** How the lab's gateway runs it when a test does not say otherwise. */
  static final String[] USUAL = {
    "-H",
    Lab.GATEWAY_LAN,
    "-H",
    Lab.GATEWAY_LAN6,
    "-d",
    "example.com",
    "-4",
    "198.18.0.0/15",
    "-6",
    "2001:2:0:d07::/64",
    "--upstream-host",
    Lab.UPSTREAM_DNS
  };

  /** The same for a client that needs more fakes in a minute than one usually may. */
  static final String[] FOR_A_GREEDY_CLIENT = greedy();

  /** Before DNS is up a question is refused or lost; who asks again soon sees more exactly when. */
  private static final int FIRST_ANSWER_MILLIS = 100;

  private static final Path LAUNCHER = Path.of("contrib/bin/dotp").toAbsolutePath();
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Process process;
  private final Path log;

  private Dotp(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  private static String[] greedy() {
    List<String> words = new ArrayList<>(List.of(USUAL));
    words.addAll(List.of("--max-fakes-per-client", "0", "--max-pool-share", "100"));
    return words.toArray(new String[0]);
  }

  static List<String> launcher(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(LAUNCHER.toString());
    command.addAll(arguments);
    return command;
  }

  /** The process is the daemon itself: ip-netns(8) and the launcher replace themselves by it. */
  static Dotp start(Lab lab, List<String> command) {
    Path log = lab.directory().resolve("dotp-" + COUNT.incrementAndGet() + ".log");
    // A shell's background jobs inherit an ignored SIGINT, and so would a test run that is one.
    List<String> attentive = new ArrayList<>(List.of("env", "--default-signal=INT"));
    attentive.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(lab.inside(Lab.GATEWAY, attentive));
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      return new Dotp(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it answers DNS; asked is a name that is not listed, so that nothing is mapped. */
  Dotp awaitAnswers(Host client) {
    return awaitAnswers(client, FIRST_ANSWER_MILLIS);
  }

  /**
   * @param millis how long an answer may take
   */
  Dotp awaitAnswers(Host client, int millis) {
    Patience.until(
        () -> !process.isAlive() || answers(client, millis), () -> "no answer\n" + log());
    if (!process.isAlive()) {
      throw new AssertionError("ended with " + process.exitValue() + "\n" + log());
    }
    return this;
  }

  private static boolean answers(Host client, int millis) {
    Host.Asked asked = client.send(Question.of("www.plain.example.net", "A"));
    return asked.tryReceive(millis) instanceof Answer answer && answer.rcode().equals("NOERROR");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** How many files and sockets it has open. */
  long descriptors() {
    String[] open = Path.of("/proc", Long.toString(pid()), "fd").toFile().list();
    return open == null ? -1 : open.length;
  }

  /** What it has written to standard output and error. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it has written this by now. */
  BooleanSupplier logContains(String text) {
    return () -> log().contains(text);
  }

  /** Waits for its end and returns its exit code. */
  int awaitExit() {
    try {
      if (!process.waitFor(Patience.LONG.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("does not end\n" + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** SIGTERM. */
  void terminate() {
    signal("TERM");
  }

  /** SIGKILL, and waits for the end. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Asks for the status line and returns it. */
  String status() {
    int before = statusLines().size();
    signal("USR1");
    Patience.until(() -> statusLines().size() > before, () -> "no status line\n" + log());
    List<String> lines = statusLines();
    return lines.get(lines.size() - 1);
  }

  private List<String> statusLines() {
    return log().lines().filter(line -> line.contains(" status ")).toList();
  }

  /**
   * A number of a status line.
   *
   * @param key what stands before its equals sign
   */
  static long number(String status, String key) {
    Matcher number = Pattern.compile(" " + Pattern.quote(key) + "=(\\d+)").matcher(status);
    if (!number.find()) {
      throw new AssertionError("no " + key + " in " + status);
    }
    return Long.parseLong(number.group(1));
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
