package io.dotp.policy;

import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.name.WireName;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides the route of a name: the longest listed suffix wins. Thread: any. */
public final class Policy {
  private final SuffixSet suffixes;
  private final RouteId[] routes;

  private Policy(SuffixSet suffixes, RouteId[] routes) {
    this.suffixes = suffixes;
    this.routes = routes;
  }

  /** Builds the matcher; of two routes that list the same name the first one has it. */
  public static Policy of(List<RouteConfig> routes) {
    SuffixSet.Builder builder = new SuffixSet.Builder(new SecureRandom());
    RouteId[] ids = new RouteId[routes.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = routes.get(i).id();
      int value = i;
      routes.get(i).domains().forEach(domain -> builder.add(domain, value));
    }
    return new Policy(builder.build(), ids);
  }

  /**
   * Allocates nothing.
   *
   * @return the route that steers {@code name}, null when no route lists it
   */
  public @Nullable RouteId decide(WireName name) {
    int value = suffixes.longestMatch(name);
    return value == SuffixSet.NONE ? null : routes[value];
  }
}
