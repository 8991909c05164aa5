package io.dotp.nat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How many mappings need each element of {@code nat_addr}: routes may share a real address, and the
 * last one to leave takes the element along. Thread: nat.
 */
final class RealReferences {
  private final Map<IpAddress, Integer> counts = new HashMap<>();
  private final Map<Family, Integer> sizes = new EnumMap<>(Family.class);

  /**
   * @return whether {@code real} was not referenced before
   */
  boolean retain(IpAddress real) {
    boolean first = counts.merge(real, 1, Integer::sum) == 1;
    if (first) {
      sizes.merge(real.family(), 1, Integer::sum);
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
    sizes.merge(real.family(), -1, Integer::sum);
    return true;
  }

  void clear() {
    counts.clear();
    sizes.clear();
  }

  /** What the set must hold. */
  Set<IpAddress> reals() {
    return Collections.unmodifiableSet(counts.keySet());
  }

  int size(Family family) {
    return sizes.getOrDefault(family, 0);
  }
}
