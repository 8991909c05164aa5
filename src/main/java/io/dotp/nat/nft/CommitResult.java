package io.dotp.nat.nft;

/** How a transaction ended. */
public sealed interface CommitResult {
  /** The kernel acknowledged the whole transaction. */
  record Committed() implements CommitResult {}

  /**
   * Nothing was changed.
   *
   * @param cause what to do about it
   * @param text libnftables' own words, for the log
   */
  record Rejected(Cause cause, String text) implements CommitResult {}

  /** Why the kernel refused, as far as its error number tells. */
  enum Cause {
    /** EEXIST: an element is there with other data; our shadow is wrong. */
    EXISTS,
    /** ENOENT: an element, set or the table is missing; our shadow is wrong. */
    MISSING,
    /** ENFILE: the set or map is full. */
    FULL,
    /** EPERM: no CAP_NET_ADMIN any more. */
    NOT_PERMITTED,
    OTHER
  }
}
