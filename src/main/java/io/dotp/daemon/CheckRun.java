package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.ip.IpPrefix;
import io.dotp.lists.ListReading;
import io.dotp.lists.RouteLists;
import io.dotp.net.KernelRoutes;
import io.dotp.net.OwnAddresses;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code dotp check}: what a start would say about a configuration, without starting anything. */
public final class CheckRun {
  private final Config config;
  private final PrintStream out;

  public CheckRun(Config config, PrintStream out) {
    this.config = config;
    this.out = out;
  }

  /** Prints one line for each warning, and a last one. */
  public ExitCode run() {
    List<String> warnings;
    ListReading.Read names;
    try {
      OwnAddresses own = OwnAddresses.read();
      StartChecks.checkAuthorities(config);
      StartChecks.refuseOwnUpstream(config, own);
      List<IpPrefix> routed = KernelRoutes.read(Path.of("/proc/net"));
      names = lists();
      warnings = new ArrayList<>(PoolWarnings.of(Reloader.pools(config), own.networks(), routed));
      warnings.addAll(RouteWarnings.of(config));
    } catch (StartFailure e) {
      out.println("dotp: " + e.getMessage());
      return e.code();
    } catch (IOException e) {
      out.println("dotp: addresses and routes of this machine cannot be read: " + e);
      return ExitCode.OTHER;
    }
    names.warnings().forEach(warning -> out.println("warning: " + warning));
    warnings.forEach(warning -> out.println("warning: " + warning));
    out.printf(
        "configuration is fine: routes=%d names=%d warnings=%d%n",
        config.routes().size(),
        Reloader.domains(config) + names.entries(),
        names.warnings().size() + warnings.size());
    return ExitCode.OK;
  }

  private ListReading.Read lists() throws StartFailure {
    Path copies = StateDirectory.lists(config.process().stateDir());
    ListReading reading = new RouteLists(copies, Clock.systemUTC()).read(config.routes());
    if (reading instanceof ListReading.Refused refused) {
      throw StartFailure.of(refused);
    }
    return (ListReading.Read) reading;
  }
}
