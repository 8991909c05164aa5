package io.dotp.nat;

import io.dotp.ip.IpPrefix;

/**
 * One pool of one route as of the end of the writer's last cycle.
 *
 * @param route its name
 * @param size fakes that can be taken at the same time
 * @param free of these, now; 0 of a pool that drains
 * @param usedPercent taken part of the pool, fakes at rest included
 * @param draining whether it gives out no more and waits for its last lease to end
 */
public record PoolStatus(
    String route,
    IpPrefix prefix,
    long size,
    Counts counts,
    long free,
    int usedPercent,
    boolean draining) {
  /** Mappings by their state. */
  public record Counts(long pending, long live, long retired, long quarantined) {}
}
