package io.dotp.metrics;

/** All counters of the process, one group per part. */
public record Metrics(
    DnsMetrics dns,
    UpstreamMetrics upstream,
    NatMetrics nat,
    JournalMetrics journal,
    ReloadMetrics reload,
    ControlMetrics control,
    FetchMetrics fetch,
    ChoreMetrics chores) {
  public Metrics() {
    this(
        new DnsMetrics(),
        new UpstreamMetrics(),
        new NatMetrics(),
        new JournalMetrics(),
        new ReloadMetrics(),
        new ControlMetrics(),
        new FetchMetrics(),
        new ChoreMetrics());
  }
}
