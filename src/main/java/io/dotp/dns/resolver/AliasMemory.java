package io.dotp.dns.resolver;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.dotp.config.RouteId;
import io.dotp.metrics.DnsMetrics;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * Names that aliases of listed names led to. Whoever was given an alias may ask for its target
 * alone, for as long as the alias may be kept; the target is steered then as it was behind the
 * alias. Bounded: at most {@value #MOST_NAMES} names. Thread: any.
 */
public final class AliasMemory {
  /** More than the targets that a network's clients are led to in the course of a day. */
  static final int MOST_NAMES = 4_096;

  /** A client may keep an alias for longer than its TTL says, and looks a moment later. */
  private static final long SHORTEST_SECONDS = 60;

  private static final long LONGEST_SECONDS = 86_400;

  private final Cache<DomainName, Known> names;
  private final LongSupplier nanoClock;
  private final AtomicLong generation = new AtomicLong();

  /**
   * Until when a route steers a name.
   *
   * @param until nanoseconds of the clock
   */
  private record Lead(RouteId route, long until) {}

  /** What led to one name, in the order of the routes, each route once; never empty. */
  private record Known(List<Lead> leads) {
    private static final Comparator<Lead> BY_ROUTE =
        Comparator.comparingInt(lead -> lead.route().index());

    @Nullable RouteId first(long now) {
      for (Lead lead : leads) {
        if (lead.until() - now > 0) {
          return lead.route();
        }
      }
      return null;
    }

    @Nullable Lead of(RouteId route, long now) {
      for (Lead lead : leads) {
        if (lead.route().equals(route) && lead.until() - now > 0) {
          return lead;
        }
      }
      return null;
    }

    /** With one more, and without those that are over. */
    Known with(Lead added, long now) {
      List<Lead> left = new ArrayList<>();
      left.add(added);
      for (Lead lead : leads) {
        if (!lead.route().equals(added.route()) && lead.until() - now > 0) {
          left.add(lead);
        }
      }
      left.sort(BY_ROUTE);
      return new Known(List.copyOf(left));
    }

    long nanosLeft(long now) {
      return leads.stream().mapToLong(lead -> lead.until() - now).max().orElse(0);
    }
  }

  /** A name is known for as long as any of its routes steers it. */
  private static final class LastLead implements Expiry<DomainName, Known> {
    @Override
    public long expireAfterCreate(DomainName name, Known known, long now) {
      return known.nanosLeft(now);
    }

    @Override
    public long expireAfterUpdate(DomainName name, Known known, long now, long left) {
      return known.nanosLeft(now);
    }

    @Override
    public long expireAfterRead(DomainName name, Known known, long now, long left) {
      return left;
    }
  }

  /**
   * @param nanoClock monotonic, compared by subtraction
   */
  public AliasMemory(LongSupplier nanoClock, DnsMetrics metrics) {
    this.nanoClock = nanoClock;
    this.names =
        Caffeine.newBuilder()
            .maximumSize(MOST_NAMES)
            .expireAfter(new LastLead())
            .ticker(nanoClock::getAsLong)
            .executor(Runnable::run)
            .evictionListener((name, known, cause) -> countLoss(cause, metrics))
            .build();
  }

  private static void countLoss(RemovalCause cause, DnsMetrics metrics) {
    if (cause == RemovalCause.SIZE) {
      metrics.aliasesForgotten.increment();
    }
  }

  /** The first route, in their order, that steers {@code name} because of an alias. */
  @Nullable RouteId route(WireName name) {
    if (generation.get() == 0) {
      return null;
    }
    Known known = names.getIfPresent(name.toDomainName());
    return known == null ? null : known.first(nanoClock.getAsLong());
  }

  /**
   * Notes that an alias of a name that {@code route} steers leads to {@code target}. What is known
   * for longer already stays so.
   *
   * @param ttlSeconds of the alias record; taken as a minute at least and a day at most
   * @return whether that is news, so that {@link #generation} has grown by one
   */
  boolean remember(Name target, RouteId route, long ttlSeconds) {
    byte[] wire = target.toWireCanonical();
    long now = nanoClock.getAsLong();
    long seconds = Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, ttlSeconds));
    Lead lead = new Lead(route, now + TimeUnit.SECONDS.toNanos(seconds));
    boolean[] news = {false};
    names
        .asMap()
        .compute(
            DomainName.ofCanonical(wire, wire.length),
            (name, known) -> {
              Lead before = known == null ? null : known.of(route, now);
              news[0] = before == null;
              if (known == null) {
                return new Known(List.of(lead));
              }
              boolean shorter = before != null && before.until() - lead.until() >= 0;
              return shorter ? known : known.with(lead, now);
            });
    if (news[0]) {
      generation.incrementAndGet();
    }
    return news[0];
  }

  /** Changes whenever a name becomes known that was not, or by another route. */
  long generation() {
    return generation.get();
  }

  /** Ends what is due; for tests of the bound. */
  long size() {
    names.cleanUp();
    return names.estimatedSize();
  }
}
