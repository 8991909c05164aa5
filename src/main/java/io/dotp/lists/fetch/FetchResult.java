package io.dotp.lists.fetch;

/** How a download ended. */
public sealed interface FetchResult {
  /** What an administrator should know, empty when all is well. */
  default String failure() {
    return "";
  }

  /**
   * A new list is in place.
   *
   * @param bytes of it
   */
  record Replaced(long bytes) implements FetchResult {}

  /** The source has nothing newer. */
  record Unchanged() implements FetchResult {}

  /** No list came, the old one stays. */
  record Failed(String reason) implements FetchResult {
    @Override
    public String failure() {
      return reason;
    }
  }

  /** What came is not fit for use, the old list stays. */
  record Refused(String reason) implements FetchResult {
    @Override
    public String failure() {
      return reason;
    }
  }
}
