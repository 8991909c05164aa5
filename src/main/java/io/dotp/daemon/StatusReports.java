package io.dotp.daemon;

import io.dotp.control.ListReport;
import io.dotp.control.StatusReport;
import io.dotp.control.StatusReport.Pool;
import io.dotp.control.StatusReport.Queries;
import io.dotp.control.StatusReport.Reloads;
import io.dotp.control.StatusReport.Table;
import io.dotp.control.StatusReport.Upstream;
import io.dotp.dns.upstream.ServerStatus;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.Metrics;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.NatStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how the daemon is, and what of it is trouble: {@code dotp status} ends with 1 then. Thread:
 * any.
 */
final class StatusReports {
  /** Of a hundred fakes of a family. */
  private static final int FEW_FREE = 5;

  private final String table;
  private final Metrics metrics;
  private final UpstreamGroups upstreams;
  private final Parts parts;
  private final long startedAt;
  private volatile List<String> mistakes = List.of();

  /**
   * What changes.
   *
   * @param nat as of its last cycle
   * @param delivery why packets do not reach a proxy, null while they do
   * @param lists in the order of the configuration
   * @param nanoClock monotonic, compared by subtraction
   */
  record Parts(
      Supplier<NatStatus> nat,
      Supplier<@Nullable String> delivery,
      Supplier<List<ListReport>> lists,
      LongSupplier nanoClock) {}

  /**
   * @param table without its family
   */
  StatusReports(String table, Metrics metrics, UpstreamGroups upstreams, Parts parts) {
    this.table = table;
    this.metrics = metrics;
    this.upstreams = upstreams;
    this.parts = parts;
    this.startedAt = parts.nanoClock().getAsLong();
  }

  /** What was wrong at the last reload; nothing when it was taken over. */
  void reloaded(List<String> found) {
    mistakes = List.copyOf(found);
  }

  StatusReport report() {
    NatStatus nat = parts.nat().get();
    List<Pool> pools = List.of(pool("ipv4", nat.ipv4()), pool("ipv6", nat.ipv6()));
    List<Upstream> servers = servers();
    List<ListReport> lists = parts.lists().get();
    List<String> problems = new ArrayList<>();
    poolProblems(pools, problems);
    tableProblems(nat, problems);
    deliveryProblems(problems);
    serverProblems(servers, problems);
    listProblems(lists, problems);
    if (!mistakes.isEmpty()) {
      problems.add(
          "the configuration has "
              + mistakes.size()
              + " mistakes since it was changed, the old one is in force: correct them and run"
              + " 'dotp reload'");
    }
    String version = StatusReports.class.getPackage().getImplementationVersion();
    NatMetrics counts = metrics.nat();
    return new StatusReport(
        version == null ? "(not packaged)" : version,
        ProcessHandle.current().pid(),
        (parts.nanoClock().getAsLong() - startedAt) / 1_000_000_000,
        problems,
        queries(),
        new Reloads(metrics.reload().done.sum(), metrics.reload().refused.sum(), mistakes),
        pools,
        new Table("inet " + table, nat.inStep(), counts.resyncs.sum(), counts.foreignChanges.sum()),
        servers,
        lists);
  }

  private Queries queries() {
    DnsMetrics dns = metrics.dns();
    return new Queries(
        dns.udpQueries.sum() + dns.tcpQueries.sum(),
        dns.responses.sum(),
        dns.steered.sum(),
        dns.servFail.sum(),
        dns.cacheHits.sum(),
        dns.droppedNotQuery.sum() + dns.overLimitDropped.sum() + dns.rateLimitDropped.sum());
  }

  private static Pool pool(String family, NatStatus.Counts counts) {
    return new Pool(
        family,
        counts.poolSize(),
        counts.live(),
        counts.pending(),
        counts.retired(),
        counts.quarantined(),
        counts.free());
  }

  private List<Upstream> servers() {
    List<Upstream> servers = new ArrayList<>();
    for (int group = 0; group < upstreams.size(); group++) {
      for (ServerStatus server : upstreams.all().get(group).status()) {
        servers.add(
            new Upstream(
                server.server(),
                server.port(),
                server.protocol().name().toLowerCase(Locale.ROOT),
                group,
                server.resting() ? "resting" : "up",
                server.failuresInRow(),
                server.lastError()));
      }
    }
    return servers;
  }

  private static void poolProblems(List<Pool> pools, List<String> problems) {
    for (Pool pool : pools) {
      if (pool.size() > 0 && pool.free() * 100 < pool.size() * FEW_FREE) {
        problems.add(
            "the "
                + pool.family()
                + " pool has "
                + pool.free()
                + " of "
                + pool.size()
                + " fakes left: give it a shorter prefix");
      }
    }
  }

  private void tableProblems(NatStatus nat, List<String> problems) {
    if (!nat.inStep()) {
      problems.add(
          "the kernel's table inet "
              + table
              + " does not hold what it should: see the log, and who else changes it");
    }
  }

  private void deliveryProblems(List<String> problems) {
    String fault = parts.delivery().get();
    if (fault != null) {
      problems.add(
          "packets do not reach the transparent proxy: "
              + fault
              + "; it is tried again every few seconds");
    }
  }

  private void serverProblems(List<Upstream> servers, List<String> problems) {
    for (int group = 0; group < upstreams.size(); group++) {
      int own = group;
      List<Upstream> of = servers.stream().filter(server -> server.group() == own).toList();
      if (!of.isEmpty() && of.stream().allMatch(server -> server.state().equals("resting"))) {
        Upstream first = of.get(0);
        problems.add(
            "no upstream server answers, the first is "
                + first.server()
                + (first.lastError().isEmpty() ? "" : " (" + first.lastError() + ")")
                + ": check the way to it");
      }
    }
  }

  private static void listProblems(List<ListReport> lists, List<String> problems) {
    for (ListReport list : lists) {
      if (!list.failure().isEmpty()) {
        problems.add(
            "the list "
                + list.name()
                + " is not the newest: "
                + list.failure()
                + "; then 'dotp lists refresh "
                + list.name()
                + "'");
      }
    }
  }
}
