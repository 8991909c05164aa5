package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One LAN of namespaces, made by contrib/lab and removed with everything that runs in it.
 *
 * <p>Only for a test that already runs in a network and mount namespace of its own.
 */
final class Lab implements AutoCloseable {
  static final String CLIENT = "client";
  static final String CLIENT2 = "client2";
  static final String GATEWAY = "gateway";
  static final String UPSTREAM = "upstream";

  /** The gateway's address on the LAN. */
  static final String GATEWAY_LAN = "192.168.77.1";

  static final String GATEWAY_LAN6 = "fd77::1";
  static final String UPSTREAM_DNS = "192.0.2.2";

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Path SCRIPT = Path.of("contrib/lab").toAbsolutePath();
  private static final int COMMAND_SECONDS = 120;

  private final String name;
  private final Path directory;
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final Thread lastResort;

  private Lab(String name) {
    this.name = name;
    this.directory = Path.of("/run/dotp-lab", name);
    this.lastResort = new Thread(() -> script("down"), "lab-down");
  }

  static Lab up() {
    return up(100);
  }

  /**
   * @param bulk how many names bulk0.example.com ... there are
   */
  static Lab up(int bulk) {
    String name = "dotp-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    Lab lab = new Lab(name);
    Runtime.getRuntime().addShutdownHook(lab.lastResort);
    execute(
            List.of(SCRIPT.toString(), "up"),
            Map.of("DOTP_LAB", name, "DOTP_LAB_BULK", Integer.toString(bulk)))
        .expectSuccess();
    return lab;
  }

  /** Where its files are; on a file system that vanishes with the mount namespace. */
  Path directory() {
    return directory;
  }

  /** Runs {@code contrib/lab} for this lab. */
  Finished script(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(SCRIPT.toString());
    command.addAll(List.of(arguments));
    return execute(command, Map.of("DOTP_LAB", name));
  }

  /**
   * The command line that runs {@code command} in a role's namespace as the very process started.
   */
  List<String> inside(String role, List<String> command) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name + "-" + role));
    line.addAll(command);
    return line;
  }

  /** Runs a command as {@code role} to its end. */
  Finished run(String role, String... command) {
    return execute(inside(role, List.of(command)), Map.of());
  }

  /** Runs a command beside the namespaces, where mounts are seen by all of them. */
  static Finished beside(String... command) {
    return execute(List.of(command), Map.of());
  }

  /** Someone on a host of the lab who can open sockets there. */
  Host host(String role) {
    return closing(Host.start(this, role));
  }

  /** The kernel of the gateway. */
  Kernel kernel() {
    return new Kernel(this, "dotp");
  }

  /** Starts the launcher on the gateway with these arguments and a state directory of its own. */
  Dotp dotp(String... arguments) {
    return dotp(directory.resolve("state"), arguments);
  }

  Dotp dotp(Path stateDirectory, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--state-dir", stateDirectory.toString()));
    return closing(Dotp.start(this, Dotp.launcher(all)));
  }

  /** Adds a part that ends with the lab. */
  <T extends AutoCloseable> T closing(T part) {
    parts.add(part);
    return part;
  }

  private static Finished execute(List<String> command, Map<String, String> environment) {
    Path out = null;
    Path err = null;
    try {
      out = Files.createTempFile("dotp-e2e", ".out");
      err = Files.createTempFile("dotp-e2e", ".err");
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectInput(Path.of("/dev/null").toFile());
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      Process process = builder.start();
      if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("no end after " + COMMAND_SECONDS + " s: " + command);
      }
      return new Finished(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in " + command, e);
    } finally {
      delete(out);
      delete(err);
    }
  }

  private static void delete(@org.jspecify.annotations.Nullable Path file) {
    if (file != null && !file.toFile().delete()) {
      throw new AssertionError("cannot delete " + file);
    }
  }

  @Override
  public void close() {
    for (int i = parts.size() - 1; i >= 0; i--) {
      try {
        parts.get(i).close();
      } catch (Exception e) {
        throw new AssertionError("cannot close a part of the lab", e);
      }
    }
    script("down").expectSuccess();
    Runtime.getRuntime().removeShutdownHook(lastResort);
  }
}
