package io.dotp.daemon;

import io.dotp.dns.upstream.ServerStatus;
import io.dotp.dns.upstream.UpstreamGroup;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.metrics.ControlMetrics;
import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.FetchMetrics;
import io.dotp.metrics.Metrics;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.NatStatus;
import io.dotp.nat.usage.ConntrackFill;

/** The line that SIGUSR1 writes: one for people and scripts alike, {@code key=value}. */
final class StatusLine {
  private StatusLine() {}

  static String of(
      Metrics metrics, NatStatus nat, ConntrackFill conntrack, UpstreamGroups upstreams) {
    DnsMetrics dns = metrics.dns();
    StringBuilder line = new StringBuilder(256);
    line.append("queries=").append(dns.udpQueries.sum() + dns.tcpQueries.sum());
    line.append(" answers=").append(dns.responses.sum());
    line.append(" steered=").append(dns.steered.sum());
    line.append(" servfail=").append(dns.servFail.sum());
    line.append(" cache-hits=").append(dns.cacheHits.sum());
    line.append(" stale=").append(dns.staleAnswers.sum());
    line.append(" local=").append(dns.localAnswers.sum());
    line.append(" dropped=")
        .append(
            dns.droppedNotQuery.sum() + dns.overLimitDropped.sum() + dns.rateLimitDropped.sum());
    line.append(" client-limited=").append(metrics.nat().clientLimited.sum());
    line.append(" kernel-drops=").append(dns.kernelDrops.sum());
    line.append(" bugs=")
        .append(
            dns.bugs.sum()
                + metrics.upstream().bugs.sum()
                + metrics.nat().bugs.sum()
                + metrics.control().bugs.sum()
                + metrics.chores().bugs.sum());
    line.append(" reloads=").append(metrics.reload().done.sum());
    line.append(" reloads-refused=").append(metrics.reload().refused.sum());
    line.append(' ').append(nat);
    appendKernel(line, metrics, conntrack);
    appendFetches(line, metrics.fetch());
    appendControl(line, metrics.control());
    for (UpstreamGroup group : upstreams.all().values()) {
      for (ServerStatus server : group.status()) {
        line.append(" upstream=")
            .append(server.server())
            .append(server.resting() ? ":resting" : ":up");
      }
    }
    return line.toString();
  }

  private static void appendFetches(StringBuilder line, FetchMetrics fetch) {
    line.append(" fetches=").append(fetch.started.sum());
    line.append(" fetches-replaced=").append(fetch.replaced.sum());
    line.append(" fetches-unchanged=").append(fetch.unchanged.sum());
    line.append(" fetches-failed=").append(fetch.failed.sum());
    line.append(" fetches-refused=").append(fetch.refused.sum());
    line.append(" fetched-bytes=").append(fetch.bytes.sum());
  }

  private static void appendControl(StringBuilder line, ControlMetrics control) {
    line.append(" commands=").append(control.requests.sum());
    line.append(" commands-malformed=").append(control.malformed.sum());
    line.append(" commands-too-slow=").append(control.tooSlow.sum());
    line.append(" commands-over-limit=").append(control.overLimit.sum());
    line.append(" commands-of-strangers=").append(control.strangers.sum());
  }

  private static void appendKernel(StringBuilder line, Metrics metrics, ConntrackFill conntrack) {
    NatMetrics nat = metrics.nat();
    line.append(" foreign-changes=").append(nat.foreignChanges.sum());
    line.append(" resyncs=").append(nat.resyncs.sum());
    line.append(" kept-by-traffic=").append(nat.keptByTraffic.sum());
    line.append(" held-by-flows=").append(nat.heldByFlows.sum());
    line.append(" journal-failures=").append(metrics.journal().writeFailures.sum());
    if (conntrack.limit() > 0) {
      line.append(" conntrack=").append(conntrack.entries()).append('/').append(conntrack.limit());
    }
  }
}
