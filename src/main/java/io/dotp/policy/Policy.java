package io.dotp.policy;

import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.name.WireName;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides the route of a name: exact names before suffixes, the longest first, before keywords
 * before regular expressions, and among equals the first route. A route that does not serve the
 * client, or excludes the name, is passed over for the next match. Immutable. Thread: any.
 */
public final class Policy {
  private final Route[] routes;
  private final ClientViews views;
  private final SuffixSet suffixes;
  private final @Nullable KeywordMatcher keywords;
  private final @Nullable RegexpMatcher regexps;

  /** One object for all look-ups, so that none of them makes its own. */
  private final SuffixSet.Admission admission = this::admits;

  /** What decides whether a route may have a name that one of its rules matches. */
  private record Route(RouteId id, @Nullable AccessList clients, @Nullable SuffixSet excluded) {}

  private Policy(Builder builder) {
    this.routes = builder.routes.toArray(new Route[0]);
    List<@Nullable AccessList> clients = new ArrayList<>();
    builder.routes.forEach(route -> clients.add(route.clients));
    this.views = new ClientViews(clients);
    this.suffixes = builder.suffixes.build();
    this.keywords = builder.keywords.build();
    this.regexps = builder.regexps.build();
  }

  /** Routes with the names of the configuration and without lists. */
  public static Policy of(List<RouteConfig> routes) {
    Builder builder = new Builder();
    for (RouteConfig route : routes) {
      builder.add(
          route.id(),
          route.names().clients(),
          List.of(NameRules.ofSuffixes(route.names().domains())));
    }
    return builder.build();
  }

  /** Which routes a client has; allocates nothing but for the first client of a kind. */
  public ClientView view(IpAddress client) {
    return views.of(client);
  }

  /** Of somebody who has just these routes. */
  public ClientView view(Predicate<RouteId> which) {
    BitSet chosen = new BitSet();
    for (int i = 0; i < routes.length; i++) {
      chosen.set(i, which.test(routes[i].id));
    }
    return new ClientView(chosen);
  }

  /** Whether all clients have all routes. */
  public boolean isUniform() {
    return views.isUniform();
  }

  /** As {@link #decide(WireName, ClientView)} for a client that no route's {@code clients} name. */
  public @Nullable RouteId decide(WireName name) {
    return decide(name, views.unknown());
  }

  /**
   * Allocates nothing unless there are keywords or regular expressions.
   *
   * @param client who asks: routes that it has not are passed over
   * @return the route that steers {@code name} for {@code client}, null for the real answer
   */
  public @Nullable RouteId decide(WireName name, ClientView client) {
    int route = suffixes.longestMatch(name, admission, client);
    if (route == SuffixSet.NONE && keywords != null) {
      route = ofKeywords(keywords, name, client);
    }
    if (route == SuffixSet.NONE && regexps != null) {
      route = regexps.firstMatch(name, admission, client);
    }
    return route == SuffixSet.NONE ? null : routes[route].id;
  }

  /** Bytes of heap that the names of all routes take. */
  public long retainedBytes() {
    long bytes = suffixes.retainedBytes();
    for (Route route : routes) {
      bytes += route.excluded == null ? 0 : route.excluded.retainedBytes();
    }
    return bytes;
  }

  private int ofKeywords(KeywordMatcher matcher, WireName name, ClientView client) {
    BitSet matching = matcher.values(name);
    if (matching != null) {
      for (int i = matching.nextSetBit(0); i >= 0; i = matching.nextSetBit(i + 1)) {
        if (admits(i, name, client)) {
          return i;
        }
      }
    }
    return SuffixSet.NONE;
  }

  private boolean admits(int index, WireName name, @Nullable ClientView client) {
    Route route = routes[index];
    if (client == null || !client.has(index)) {
      return false;
    }
    return route.excluded == null || route.excluded.longestMatch(name) == SuffixSet.NONE;
  }

  /** Collects the routes in their order. Thread: one. */
  public static final class Builder {
    private final RandomGenerator random = new SecureRandom();
    private final List<Route> routes = new ArrayList<>();
    private final SuffixSet.Builder suffixes = new SuffixSet.Builder(random);
    private final KeywordMatcher.Builder keywords = new KeywordMatcher.Builder();
    private final RegexpMatcher.Builder regexps = new RegexpMatcher.Builder();

    /**
     * Adds the next route.
     *
     * @param clients whom it serves, null for everybody
     * @param rules its names and its lists; an exclusion holds for all of them
     */
    public Builder add(RouteId id, @Nullable AccessList clients, List<NameRules> rules) {
      int route = routes.size();
      SuffixSet.Builder excluded = new SuffixSet.Builder(random);
      int exclusions = 0;
      for (NameRules some : rules) {
        suffixes.addAll(some.names(), route);
        excluded.addAll(some.excluded(), 0);
        exclusions += some.excluded().size();
        some.keywords().forEach(keyword -> keywords.add(keyword, route));
        some.regexps().forEach(pattern -> regexps.add(pattern, route));
      }
      routes.add(new Route(id, clients, exclusions == 0 ? null : excluded.build()));
      return this;
    }

    /** Ends the collection; the builder is not used afterwards. */
    public Policy build() {
      return new Policy(this);
    }
  }
}
