package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.RereadResult;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the daemon: start, wait for a signal, stop, exit code. Thread: main. */
public final class DaemonRun {
  private final Config config;

  /** Asked for before there was a daemon to ask. */
  private final AtomicBoolean statusWanted = new AtomicBoolean();

  private final AtomicBoolean reloadWanted = new AtomicBoolean();
  private final PrintStream err;
  private final LogSetup logs;
  private final Readiness readiness;
  private final CountDownLatch stopRequested = new CountDownLatch(1);

  /**
   * @param environment the process's environment variables
   */
  public DaemonRun(Config config, Map<String, String> environment, PrintStream err) {
    this.config = config;
    this.err = err;
    this.logs = new LogSetup(environment.containsKey("JOURNAL_STREAM"));
    String pipe = System.getProperty("dotp.ready");
    this.readiness = new Readiness(pipe == null ? null : Path.of(pipe));
  }

  /**
   * Returns when the daemon has stopped, or could not start.
   *
   * @param reread reads the configuration again; called on a thread that may block
   */
  public ExitCode run(Supplier<RereadResult> reread) {
    logs.toStream(err, config.process().logLevel());
    if (config.process().daemonize() && !readiness.isAwaited()) {
      return refuse(ExitCode.USAGE, "--daemonize is the work of the launcher, /usr/bin/dotp");
    }
    if (!Epoll.isAvailable()) {
      return refuse(
          ExitCode.NETWORK,
          "this is not Linux, or its epoll cannot be used: " + Epoll.unavailabilityCause());
    }
    Signals.on("TERM", stopRequested::countDown);
    Signals.on("INT", stopRequested::countDown);
    // Until there is something to say or to reload: by default these two would end the JVM.
    Signals.on("USR1", () -> statusWanted.set(true));
    Signals.on("HUP", () -> reloadWanted.set(true));
    try (Daemon daemon = Daemon.start(config, System::nanoTime)) {
      daemon.openControl(reread, logs::level);
      return serve(daemon, reread);
    } catch (StartFailure e) {
      return refuse(e.code(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return refuse(ExitCode.OTHER, "cannot start: " + e);
    } catch (OutOfMemoryError e) {
      return refuse(ExitCode.MEMORY, "out of memory: " + e.getMessage());
    }
  }

  /** From here on, and once for what came before. */
  private static void handle(String signal, AtomicBoolean wanted, Runnable action) {
    Signals.on(signal, action);
    if (wanted.get()) {
      action.run();
    }
  }

  private ExitCode serve(Daemon daemon, Supplier<RereadResult> reread) {
    Logger log = LoggerFactory.getLogger(DaemonRun.class);
    handle("USR1", statusWanted, () -> log.info("status {}", daemon.status()));
    handle("HUP", reloadWanted, () -> daemon.requestReload(reread, logs::level));
    try {
      if (readiness.isAwaited()) {
        detachLog(log);
      }
      readiness.announce();
      stopRequested.await();
      log.info("stopping");
      return ExitCode.OK;
    } catch (IOException e) {
      return refuse(ExitCode.FILE, "cannot detach: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refuse(ExitCode.OTHER, "interrupted");
    }
  }

  private void detachLog(Logger log) {
    try {
      logs.toFile(config.process().stateDir().resolve("dotp.log"));
    } catch (IOException e) {
      log.error("no log from here on, its file cannot be written: {}", e.toString());
    }
  }

  private ExitCode refuse(ExitCode code, String message) {
    err.println("dotp: " + message);
    return code;
  }
}
