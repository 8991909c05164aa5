package io.dotp.config;

import java.time.Duration;

/**
 * Mappings and the kernel.
 *
 * @param natTtl life of a lease after the last answer that carried the fake; at least 90 s
 * @param maxLease how long after that answer traffic may extend the lease
 * @param fakeTtl upper bound of the TTL in rewritten answers, which also ends 60 s before the lease
 * @param quarantine rest of a fake between two real addresses
 * @param commitDeadline how long an answer waits for the kernel to take its mappings
 * @param table name of the {@code inet} table
 * @param backend who writes the elements
 * @param pool how fakes are chosen
 */
public record NatConfig(
    Duration natTtl,
    Duration maxLease,
    Duration fakeTtl,
    Duration quarantine,
    Duration commitDeadline,
    String table,
    Backend backend,
    PoolConfig pool) {
  /** Who writes elements to the kernel. */
  public enum Backend {
    /** The kernel's messages where the probe at the start passes, libnftables otherwise. */
    AUTO,
    /** The library of nft(8), for everything. */
    LIBNFTABLES,
    /** The kernel's messages for elements; who wants nothing else does not start without them. */
    NETLINK,
    /** Nobody: every transaction is logged and taken as done. */
    NONE
  }
}
