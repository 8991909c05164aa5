package io.dotp.policy;

import io.dotp.name.DomainName;
import io.dotp.name.WireName;

/** Names with a small value each, looked up by longest suffix. */
final class SuffixSet {
  /** What a look-up gives when no suffix is listed. */
  static final int NONE = -1;

  int longestMatch(WireName name) {
    return NONE;
  }

  /** Collects names before the set is frozen. */
  static final class Builder {
    void add(DomainName name, int value) {}

    SuffixSet build() {
      return new SuffixSet();
    }
  }
}
