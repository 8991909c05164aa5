package io.dotp.dns.resolver;

import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
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
  private final Judges judges;
  private final Set<IpAddress> own;

  private RewriteRules(Source source, Judges judges, Set<IpAddress> own) {
    this.source = source;
    this.judges = judges;
    this.own = own;
  }

  /** What must not be mapped as long as these are the pools. */
  private record Judges(List<IpPrefix> pools, Map<RouteId, Unmappable> unmappable) {}

  /** The part that stays while the configuration does. Thread: any. */
  public static final class Source {
    private final Function<WireName, @Nullable RouteId> listing;
    private final Function<WireName, @Nullable RouteId> remembered;
    private final Map<RouteId, RouteConfig> routes = new HashMap<>();
    private final Supplier<List<IpPrefix>> pools;
    private volatile Judges judges = new Judges(List.of(), Map.of());

    /**
     * @param listing which route lists a name, null for none
     * @param remembered which route steers a name because of an alias, null for none
     * @param pools of all routes, with those that drain; seldom another
     */
    public Source(
        Function<WireName, @Nullable RouteId> listing,
        Function<WireName, @Nullable RouteId> remembered,
        List<RouteConfig> configs,
        Supplier<List<IpPrefix>> pools) {
      this.listing = listing;
      this.remembered = remembered;
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
    public RewriteRules with(Set<IpAddress> own) {
      return new RewriteRules(this, judges(), own);
    }
  }

  /** Whether these rules are the same, own addresses included. */
  boolean isSame(RewriteRules other) {
    return source == other.source && judges.pools.equals(other.judges.pools) && own == other.own;
  }

  /** The route that lists {@code name} itself, null for none. */
  @Nullable RouteId listing(Name name) {
    return source.listing.apply(canonical(name));
  }

  /** The route that steers {@code name} because an alias led to it earlier, null for none. */
  @Nullable RouteId remembered(Name name) {
    return source.remembered.apply(canonical(name));
  }

  private static WireName canonical(Name name) {
    return WireName.of(name.toWireCanonical());
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
