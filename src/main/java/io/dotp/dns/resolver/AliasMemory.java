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
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
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

  /** Listed names that share a target, as the names of one company do; the longest are kept. */
  private static final int MOST_LEADS = 8;

  /** A client may keep an alias for longer than its TTL says, and looks a moment later. */
  private static final long SHORTEST_SECONDS = 60;

  private static final long LONGEST_SECONDS = 86_400;

  private final Cache<DomainName, Known> names;
  private final LongSupplier nanoClock;
  private final AtomicLong generation = new AtomicLong();

  /**
   * Until when a route steers a name.
   *
   * @param root the listed name that led here
   * @param until nanoseconds of the clock
   */
  private record Lead(RouteId route, DomainName root, long until) {
    boolean isBy(RouteId other, DomainName otherRoot) {
      return route.equals(other) && root.equals(otherRoot);
    }

    boolean holds(long now, BiPredicate<RouteId, DomainName> steers) {
      return until - now > 0 && steers.test(route, root);
    }
  }

  /**
   * What led to one name, in the order that the routes had at the last change and then of their
   * ends, the latest first; each route and root once; never empty.
   */
  private record Known(List<Lead> leads) {
    @Nullable Lead first(Predicate<Lead> which) {
      for (Lead lead : leads) {
        if (which.test(lead)) {
          return lead;
        }
      }
      return null;
    }

    /** Of those that hold the one whose route comes first; a reload may have moved the routes. */
    @Nullable Lead first(Predicate<Lead> holds, Comparator<RouteId> order) {
      Lead best = null;
      for (Lead lead : leads) {
        boolean before = best == null || order.compare(lead.route(), best.route()) < 0;
        if (before && holds.test(lead)) {
          best = lead;
        }
      }
      return best;
    }

    /** With one more, and without those that lead nowhere any more. */
    Known with(Lead added, Predicate<Lead> holds, Comparator<RouteId> order) {
      List<Lead> left = new ArrayList<>();
      left.add(added);
      for (Lead lead : leads) {
        if (!lead.isBy(added.route(), added.root()) && holds.test(lead)) {
          left.add(lead);
        }
      }
      left.sort(
          Comparator.comparing(Lead::route, order)
              .thenComparing((one, other) -> Long.signum(other.until() - one.until())));
      return new Known(List.copyOf(left.subList(0, Math.min(left.size(), MOST_LEADS))));
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

  /**
   * The first route that steers {@code name} because of an alias.
   *
   * @param steers whether a route still steers the listed name that an alias began with
   * @param order of the routes
   */
  @Nullable RouteId route(
      WireName name, BiPredicate<RouteId, DomainName> steers, Comparator<RouteId> order) {
    if (generation.get() == 0) {
      return null;
    }
    Known known = names.getIfPresent(name.toDomainName());
    long now = nanoClock.getAsLong();
    Lead lead = known == null ? null : known.first(each -> each.holds(now, steers), order);
    return lead == null ? null : lead.route();
  }

  /** The listed name by which {@code route} steers {@code name} the longest, null for none. */
  @Nullable DomainName root(
      DomainName name, RouteId route, BiPredicate<RouteId, DomainName> steers) {
    Known known = names.getIfPresent(name);
    long now = nanoClock.getAsLong();
    Lead lead =
        known == null
            ? null
            : known.first(each -> each.route().equals(route) && each.holds(now, steers));
    return lead == null ? null : lead.root();
  }

  /**
   * Notes that an alias of a name that {@code route} steers leads to {@code target}. What is known
   * for longer already stays so.
   *
   * @param root the listed name that the aliases begin with
   * @param ttlSeconds of the alias record; taken as a minute at least and a day at most
   * @param steers as of {@link #route}
   * @param order as of {@link #route}
   * @return whether that is news, so that {@link #generation} has grown by one
   */
  boolean remember(
      Name target,
      RouteId route,
      DomainName root,
      long ttlSeconds,
      BiPredicate<RouteId, DomainName> steers,
      Comparator<RouteId> order) {
    byte[] wire = target.toWireCanonical();
    long now = nanoClock.getAsLong();
    long seconds = Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, ttlSeconds));
    Lead lead = new Lead(route, root, now + TimeUnit.SECONDS.toNanos(seconds));
    Predicate<Lead> holds = each -> each.holds(now, steers);
    boolean[] news = {false};
    names
        .asMap()
        .compute(
            DomainName.ofCanonical(wire, wire.length),
            (name, known) -> {
              if (known == null) {
                news[0] = true;
                return new Known(List.of(lead));
              }
              news[0] = known.first(holds.and(each -> each.route().equals(route))) == null;
              Lead before = known.first(holds.and(each -> each.isBy(route, root)));
              boolean shorter = before != null && before.until() - lead.until() >= 0;
              return shorter ? known : known.with(lead, holds, order);
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
