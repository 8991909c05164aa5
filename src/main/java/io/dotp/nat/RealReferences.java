package io.dotp.nat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How many mappings need each element of {@code nat_addr}: routes may share a real address, and the
 * last one to leave takes the element along. Thread: nat.
 */
final class RealReferences {
  private final Map<IpAddress, Integer> counts = new HashMap<>();
  private int sizeIpv4;
  private int sizeIpv6;

  /**
   * @return whether {@code real} was not referenced before
   */
  boolean retain(IpAddress real) {
    boolean first = counts.merge(real, 1, Integer::sum) == 1;
    if (first) {
      resized(real.family(), 1);
    }
    return first;
  }

  /**
   * @return whether {@code real} is not referenced any more
   */
  boolean release(IpAddress real) {
    Integer left = counts.computeIfPresent(real, (key, count) -> count - 1);
    if (left == null) {
      throw new IllegalStateException("not referenced: " + real);
    }
    if (left > 0) {
      return false;
    }
    counts.remove(real);
    resized(real.family(), -1);
    return true;
  }

  void clear() {
    counts.clear();
    sizeIpv4 = 0;
    sizeIpv6 = 0;
  }

  private void resized(Family family, int by) {
    if (family == Family.IPV4) {
      sizeIpv4 += by;
    } else {
      sizeIpv6 += by;
    }
  }

  /** What the set must hold. */
  Set<IpAddress> reals() {
    return Collections.unmodifiableSet(counts.keySet());
  }

  int size(Family family) {
    return family == Family.IPV4 ? sizeIpv4 : sizeIpv6;
  }
}
