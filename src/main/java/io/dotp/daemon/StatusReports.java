package io.dotp.daemon;

import io.dotp.control.ListReport;
import io.dotp.control.StatusReport;
import io.dotp.control.StatusReport.Commands;
import io.dotp.control.StatusReport.Fetches;
import io.dotp.control.StatusReport.Pool;
import io.dotp.control.StatusReport.Queries;
import io.dotp.control.StatusReport.Reloads;
import io.dotp.control.StatusReport.Table;
import io.dotp.control.StatusReport.Upstream;
import io.dotp.dns.upstream.ServerStatus;
import io.dotp.dns.upstream.UpstreamGroup;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.metrics.ControlMetrics;
import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.FetchMetrics;
import io.dotp.metrics.Metrics;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.NatStatus;
import io.dotp.nat.PoolStatus;
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
  /** Of a hundred fakes of a pool. */
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
    List<Pool> pools = nat.pools().stream().map(StatusReports::pool).toList();
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
          "the last reload was refused and the configuration of before is in force: run 'dotp reload'"
              + " to see why, or to try again");
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
        lists,
        fetches(),
        commands());
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

  private Fetches fetches() {
    FetchMetrics fetch = metrics.fetch();
    return new Fetches(
        fetch.started.sum(),
        fetch.replaced.sum(),
        fetch.unchanged.sum(),
        fetch.failed.sum(),
        fetch.refused.sum(),
        fetch.bytes.sum());
  }

  private Commands commands() {
    ControlMetrics control = metrics.control();
    return new Commands(
        control.requests.sum(),
        control.malformed.sum(),
        control.tooSlow.sum(),
        control.overLimit.sum(),
        control.strangers.sum(),
        control.bugs.sum());
  }

  private static Pool pool(PoolStatus pool) {
    PoolStatus.Counts counts = pool.counts();
    return new Pool(
        pool.route(),
        pool.prefix().family().name().toLowerCase(Locale.ROOT),
        pool.prefix().toString(),
        pool.size(),
        counts.live(),
        counts.pending(),
        counts.retired(),
        counts.quarantined(),
        pool.free(),
        pool.usedPercent(),
        pool.draining());
  }

  private List<Upstream> servers() {
    List<Upstream> servers = new ArrayList<>();
    upstreams.all().forEach((group, known) -> add(servers, group, known));
    return servers;
  }

  private static void add(List<Upstream> servers, int group, UpstreamGroup known) {
    for (ServerStatus server : known.status()) {
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

  private static void poolProblems(List<Pool> pools, List<String> problems) {
    for (Pool pool : pools) {
      if (!pool.draining() && pool.free() * 100 < pool.size() * FEW_FREE) {
        problems.add(
            "the "
                + pool.family()
                + " pool "
                + pool.prefix()
                + " of route "
                + pool.route()
                + " has "
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

  private static void serverProblems(List<Upstream> servers, List<String> problems) {
    for (int group : servers.stream().map(Upstream::group).distinct().toList()) {
      List<Upstream> of = servers.stream().filter(server -> server.group() == group).toList();
      if (of.stream().allMatch(server -> server.state().equals("resting"))) {
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
