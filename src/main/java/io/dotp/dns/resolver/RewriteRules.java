package io.dotp.dns.resolver;

import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Treatment;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.ip.Unmappable;
import io.dotp.name.WireName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/** What a rewrite goes by: the routes of names, their pools, and what must not be mapped. */
public final class RewriteRules {
  private final Source source;
  private final Names names;
  private final Judges judges;
  private final Set<IpAddress> own;

  private RewriteRules(Source source, Names names, Judges judges, Set<IpAddress> own) {
    this.source = source;
    this.names = names;
    this.judges = judges;
    this.own = own;
  }

  /**
   * Which names are listed, for the client that the rewrite is for.
   *
   * @param listing which route lists a name, null for none
   * @param remembered which route steers a name because of an alias, null for none
   */
  public record Names(
      Function<WireName, @Nullable RouteId> listing,
      Function<WireName, @Nullable RouteId> remembered) {}

  /** What must not be mapped as long as these are the pools. */
  private record Judges(List<IpPrefix> pools, Map<RouteId, Unmappable> unmappable) {}

  /** The part that stays while the configuration does. Thread: any. */
  public static final class Source {
    private final Map<RouteId, RouteConfig> routes = new HashMap<>();
    private final Supplier<List<IpPrefix>> pools;
    private volatile Judges judges = new Judges(List.of(), Map.of());

    /**
     * @param pools of all routes, with those that drain; seldom another
     */
    public Source(List<RouteConfig> configs, Supplier<List<IpPrefix>> pools) {
      this.pools = pools;
      configs.forEach(route -> routes.put(route.id(), route));
    }

    private Judges judges() {
      List<IpPrefix> now = pools.get();
      Judges known = judges;
      if (known.unmappable.isEmpty() || !known.pools.equals(now)) {
        Map<RouteId, Unmappable> unmappable = new HashMap<>();
        routes.forEach(
            (id, route) -> unmappable.put(id, new Unmappable(now, route.allowPrivateReal())));
        known = new Judges(now, unmappable);
        judges = known;
      }
      return known;
    }

    /**
     * @param own the gateway's own addresses at this moment
     */
    public RewriteRules with(Names names, Set<IpAddress> own) {
      return new RewriteRules(this, names, judges(), own);
    }
  }

  /** Whether these rules are the same, own addresses and kind of client included. */
  boolean isSame(RewriteRules other) {
    return source == other.source
        && names.equals(other.names)
        && judges.pools.equals(other.judges.pools)
        && own == other.own;
  }

  /** The route that lists {@code name} itself, null for none. */
  @Nullable RouteId listing(Name name) {
    return names.listing.apply(canonical(name));
  }

  /** The route that steers {@code name} because an alias led to it earlier, null for none. */
  @Nullable RouteId remembered(Name name) {
    return names.remembered.apply(canonical(name));
  }

  private static WireName canonical(Name name) {
    return WireName.of(name.toWireCanonical());
  }

  /** Whether the names of {@code route} get their real answers, wherever they were found. */
  boolean isPassed(RouteId route) {
    RouteConfig config = source.routes.get(route);
    return config != null && config.treatment() == Treatment.PASS;
  }

  /** Upper bound of the TTL of what {@code route} steers, in seconds. */
  int fakeTtlSeconds(RouteId route) {
    RouteConfig config = source.routes.get(route);
    return config == null ? 1 : (int) config.fakeTtl().toSeconds();
  }

  HttpsRecords httpsRecords(RouteId route) {
    RouteConfig config = source.routes.get(route);
    return config == null ? HttpsRecords.STRIP_HINTS : config.httpsRecords();
  }

  boolean hasPool(RouteId route, Family family) {
    RouteConfig config = source.routes.get(route);
    return config != null && config.prefix(family) != null;
  }

  /** Why {@code real} must not be mapped, null when it may. */
  @Nullable String unmappable(RouteId route, IpAddress real) {
    Unmappable table = judges.unmappable.get(route);
    return table == null ? "no such route" : table.reason(real, own);
  }
}
