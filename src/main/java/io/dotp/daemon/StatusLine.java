package io.dotp.daemon;

import io.dotp.dns.upstream.ServerStatus;
import io.dotp.dns.upstream.UpstreamGroup;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.metrics.DnsMetrics;
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
                + metrics.chores().bugs.sum());
    line.append(" reloads=").append(metrics.reload().done.sum());
    line.append(" reloads-refused=").append(metrics.reload().refused.sum());
    line.append(' ').append(nat);
    appendKernel(line, metrics, conntrack);
    for (UpstreamGroup group : upstreams.all()) {
      for (ServerStatus server : group.status()) {
        line.append(" upstream=")
            .append(server.server())
            .append(server.resting() ? ":resting" : ":up");
      }
    }
    return line.toString();
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
