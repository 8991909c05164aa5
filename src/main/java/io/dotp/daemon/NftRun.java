package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.config.OwnTable;
import io.dotp.config.ProcessConfig.LogLevel;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.LibNftables;
import io.dotp.nat.nft.LocalDelivery;
import io.dotp.nat.nft.ManagedTable;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.nft.TableRemover;
import io.dotp.nat.nft.TableSpec;
import io.dotp.net.EventLoops;
import java.io.PrintStream;
import java.util.function.Supplier;

/** {@code dotp nft}: the kernel's side by itself, while no daemon runs. Thread: main. */
public final class NftRun {
  private final PrintStream out;
  private final PrintStream err;

  public NftRun(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Prints the rules as {@code nft -f} reads them; asks nothing of the kernel. */
  public ExitCode print(Config config) {
    TableSpec spec = NatStart.spec(config);
    out.print(ManagedTable.render(spec));
    LocalDelivery.commands(spec).forEach(command -> out.println("# " + command));
    return ExitCode.OK;
  }

  /** Installs table and routing, and leaves them. */
  public ExitCode install(Config config) {
    TableSpec spec = NatStart.spec(config);
    return locked(spec.table(), () -> install(spec));
  }

  private ExitCode install(TableSpec spec) {
    OpenResult result = LibNftables.open(spec, new NatMetrics());
    if (result instanceof OpenResult.Refused refused) {
      return refuse(Daemon.exitCode(refused.reason()), refused.message());
    }
    OpenResult.Opened opened = (OpenResult.Opened) result;
    opened.nftables().close();
    if (!opened.managed()) {
      return refuse(
          ExitCode.NETWORK,
          "table inet "
              + spec.table()
              + " is there and is not dotp's own; delete it or choose another --nft-table");
    }
    String fault = LocalDelivery.ensure(spec);
    return fault == null ? said("table inet " + spec.table() + " installed") : refuse(fault);
  }

  /** Takes table and routing away. */
  public ExitCode remove(OwnTable own) {
    return locked(own.table(), () -> remove(own.table(), own.tproxy()));
  }

  private ExitCode remove(String table, TproxyRouting tproxy) {
    TableRemover.Result result = TableRemover.remove(table);
    if (result instanceof TableRemover.Result.Failed failed) {
      return refuse(Daemon.exitCode(failed.refused().reason()), failed.refused().message());
    }
    String fault = LocalDelivery.remove(table, tproxy);
    boolean found = ((TableRemover.Result.Gone) result).found();
    return fault == null
        ? said("table inet " + table + (found ? " removed" : " is not there"))
        : refuse(fault);
  }

  /** A daemon would take it for somebody else's doing. */
  private ExitCode locked(String table, Supplier<ExitCode> work) {
    new LogSetup(false).toStream(err, LogLevel.WARN);
    try (EventLoops loops = new EventLoops(1)) {
      TableLock lock = TableLock.take(table, loops.all().get(0));
      try {
        return work.get();
      } finally {
        lock.close();
      }
    } catch (StartFailure e) {
      return refuse(e.code(), String.valueOf(e.getMessage()));
    }
  }

  private ExitCode said(String text) {
    out.println(text);
    return ExitCode.OK;
  }

  private ExitCode refuse(String routingFault) {
    return refuse(ExitCode.NETWORK, "tproxy: " + routingFault);
  }

  private ExitCode refuse(ExitCode code, String message) {
    err.println("dotp: " + message);
    return code;
  }
}
