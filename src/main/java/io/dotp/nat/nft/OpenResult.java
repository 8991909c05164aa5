package io.dotp.nat.nft;

/** How the opening of a table ended. */
public sealed interface OpenResult {
  /**
   * The table is there and its elements can be written.
   *
   * @param nftables bound to the thread that opened it
   * @param managed whether the rules are ours; false for a table of the administrator's
   * @param capacityIpv4 mappings that its sets hold at most; 0 without an IPv4 pool
   * @param capacityIpv6 likewise for IPv6
   */
  record Opened(Nftables nftables, boolean managed, int capacityIpv4, int capacityIpv6)
      implements OpenResult {}

  /**
   * Nothing was changed.
   *
   * @param message what was found and what to do about it, one line or more
   */
  record Refused(Reason reason, String message) implements OpenResult {}

  /** Why a table cannot be opened. */
  enum Reason {
    /** libnftables is not installed. */
    MISSING_LIBRARY,
    /** No CAP_NET_ADMIN in the network namespace. */
    NOT_PERMITTED,
    /** A table without our mark, whose sets are missing or of another type. */
    WRONG_TABLE,
    /** The kernel refused for another reason, or libnftables did. */
    REJECTED
  }
}
