package io.dotp.daemon;

import io.dotp.dns.upstream.ServerStatus;
import io.dotp.dns.upstream.UpstreamGroup;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.Metrics;
import io.dotp.nat.NatStatus;

/** The line that SIGUSR1 writes: one for people and scripts alike, {@code key=value}. */
final class StatusLine {
  private StatusLine() {}

  static String of(Metrics metrics, NatStatus nat, UpstreamGroups upstreams) {
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
        .append(dns.bugs.sum() + metrics.upstream().bugs.sum() + metrics.nat().bugs.sum());
    line.append(' ').append(nat);
    line.append(" foreign-changes=").append(metrics.nat().foreignChanges.sum());
    line.append(" resyncs=").append(metrics.nat().resyncs.sum());
    for (UpstreamGroup group : upstreams.all()) {
      for (ServerStatus server : group.status()) {
        line.append(" upstream=")
            .append(server.server())
            .append(server.resting() ? ":resting" : ":up");
      }
    }
    return line.toString();
  }
}
