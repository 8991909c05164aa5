package io.dotp.config;

import java.time.Duration;

/**
 * Mappings and the kernel.
 *
 * @param natTtl life of a lease after the last answer that carried the fake; at least 90 s
 * @param fakeTtl upper bound of the TTL in rewritten answers, which also ends 60 s before the lease
 * @param quarantine rest of a fake between two real addresses
 * @param table name of the {@code inet} table
 * @param backend who writes the elements
 */
public record NatConfig(
    Duration natTtl, Duration fakeTtl, Duration quarantine, String table, Backend backend) {
  /** Who writes elements to the kernel. */
  public enum Backend {
    /** libnftables, until a faster backend is there to be chosen. */
    AUTO,
    LIBNFTABLES,
    /** Nobody: every transaction is logged and taken as done. */
    NONE
  }
}
