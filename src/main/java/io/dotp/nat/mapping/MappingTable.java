package io.dotp.nat.mapping;

import io.dotp.config.RouteId;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The mappings that the kernel holds, from both sides. Reads are for any thread and allocate
 * nothing; the one {@link Writer} belongs to thread {@code dotp-nat}.
 */
public final class MappingTable {
  private final Map<IpAddress, Mapping> byFake = new ConcurrentHashMap<>();

  /** Of routes that have had a mapping; only the writer adds any. */
  private final Map<RouteId, OwnerIndex> byOwner = new ConcurrentHashMap<>();

  private final AtomicInteger sizeIpv4 = new AtomicInteger();
  private final AtomicInteger sizeIpv6 = new AtomicInteger();
  private final AtomicBoolean writerGiven = new AtomicBoolean();

  /**
   * The mapping that stands for {@code real} in {@code route} for all names, null for none. Thread:
   * any.
   */
  public @Nullable Mapping byReal(RouteId route, IpAddress real) {
    return byOwner(route, null, real);
  }

  /**
   * The mapping that stands for {@code real} in {@code route}, null for none. Thread: any.
   *
   * @param name that has it for itself; null for one that all names share
   */
  public @Nullable Mapping byOwner(RouteId route, @Nullable DomainName name, IpAddress real) {
    OwnerIndex owners = byOwner.get(route);
    return owners == null ? null : owners.get(name, real);
  }

  /** The mapping that {@code fake} belongs to, null for none. Thread: any. */
  public @Nullable Mapping byFake(IpAddress fake) {
    return byFake.get(fake);
  }

  /** Number of fakes of {@code family} that can be looked up. Thread: any. */
  public int size(Family family) {
    return sizeOf(family).get();
  }

  private AtomicInteger sizeOf(Family family) {
    return family == Family.IPV4 ? sizeIpv4 : sizeIpv6;
  }

  /** The only way to change the table; given out once. */
  public Writer writer() {
    if (!writerGiven.compareAndSet(false, true)) {
      throw new IllegalStateException("the table has its writer");
    }
    return new Writer(this);
  }

  /** Makes mappings visible and takes them away. Thread: nat. */
  public static final class Writer {
    private final MappingTable table;

    private Writer(MappingTable table) {
      this.table = table;
    }

    /** First by fake, then by owner: whoever is given a fake can resolve it (I7). */
    public void publish(Mapping mapping) {
      publishFake(mapping);
      table.byOwner.computeIfAbsent(mapping.route(), fresh -> OwnerIndex.concurrent()).put(mapping);
    }

    /** Only by fake: the fake works, but nobody is given it any more. */
    public void publishFake(Mapping mapping) {
      if (table.byFake.put(mapping.fake(), mapping) == null) {
        table.sizeOf(mapping.fake().family()).incrementAndGet();
      }
    }

    /** Keeps it by its fake alone: who asks for its owner gets another one from now on. */
    public void unpublishOwner(Mapping mapping) {
      OwnerIndex owners = table.byOwner.get(mapping.route());
      if (owners != null) {
        owners.remove(mapping);
        // Routes come and go with reloads; one that is left empty must not stay for good.
        if (owners.isEmpty()) {
          table.byOwner.remove(mapping.route());
        }
      }
    }

    /** Takes away both sides, in the opposite order. */
    public void unpublish(Mapping mapping) {
      unpublishOwner(mapping);
      if (table.byFake.remove(mapping.fake(), mapping)) {
        table.sizeOf(mapping.fake().family()).decrementAndGet();
      }
    }
  }
}
