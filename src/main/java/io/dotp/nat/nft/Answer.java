package io.dotp.nat.nft;

/** What comes of asking the kernel over netlink, which can fail by itself. */
sealed interface Answer<T> {
  /** The kernel's verdict, good or bad. */
  record Given<T>(T verdict) implements Answer<T> {}

  /**
   * No verdict, or one that makes no sense. What the kernel did is unknown.
   *
   * @param text for the log
   */
  record Broken<T>(String text) implements Answer<T> {}
}
