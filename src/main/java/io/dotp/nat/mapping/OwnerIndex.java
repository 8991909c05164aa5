package io.dotp.nat.mapping;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Mappings of one route by their owner: a real address, or one under a name. A look-up without a
 * name makes no key object. Thread: that of the maps.
 */
final class OwnerIndex {
  private final Map<IpAddress, Mapping> byReal;
  private final Map<NamedReal, Mapping> byName;

  /** An owner with a name. */
  private record NamedReal(DomainName name, IpAddress real) {}

  private OwnerIndex(Map<IpAddress, Mapping> byReal, Map<NamedReal, Mapping> byName) {
    this.byReal = byReal;
    this.byName = byName;
  }

  /** For one thread. */
  static OwnerIndex plain() {
    return new OwnerIndex(new HashMap<>(), new HashMap<>());
  }

  /** For one thread that writes and any that read. */
  static OwnerIndex concurrent() {
    return new OwnerIndex(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
  }

  /** Null for none. */
  @Nullable Mapping get(@Nullable DomainName name, IpAddress real) {
    return name == null ? byReal.get(real) : byName.get(new NamedReal(name, real));
  }

  void put(Mapping mapping) {
    DomainName name = mapping.name();
    if (name == null) {
      byReal.put(mapping.real(), mapping);
    } else {
      byName.put(new NamedReal(name, mapping.real()), mapping);
    }
  }

  boolean isEmpty() {
    return byReal.isEmpty() && byName.isEmpty();
  }

  /** Removes {@code mapping} if it is the one that its owner has. */
  void remove(Mapping mapping) {
    DomainName name = mapping.name();
    if (name == null) {
      byReal.remove(mapping.real(), mapping);
    } else {
      byName.remove(new NamedReal(name, mapping.real()), mapping);
    }
  }
}
