package io.dotp.nat.nft;

/** How a change of the pools ended. */
public sealed interface ReshapeResult {
  /**
   * The rules are for the new pools.
   *
   * @param capacityIpv4 mappings that the sets hold at most; 0 without an IPv4 pool
   * @param capacityIpv6 likewise for IPv6
   */
  record Reshaped(int capacityIpv4, int capacityIpv6) implements ReshapeResult {}

  /** Nothing was changed. */
  record Refused(CommitResult.Cause cause, String text) implements ReshapeResult {}
}
