package io.dotp.config;

import io.dotp.ip.AccessList;
import io.dotp.name.DomainName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which names a route has, and for whom.
 *
 * @param domains names to steer, each with everything below it
 * @param patterns names that are given in another way
 * @param lists whose names it has as well
 * @param clients for whom the route is there, null for everybody
 */
public record RouteNames(
    List<DomainName> domains,
    List<NamePattern> patterns,
    List<RouteList> lists,
    @Nullable AccessList clients) {
  public RouteNames {
    domains = List.copyOf(domains);
    patterns = List.copyOf(patterns);
    lists = List.copyOf(lists);
  }

  /** Names for everybody, each with everything below it. */
  public static RouteNames of(List<DomainName> domains) {
    return new RouteNames(domains, List.of(), List.of(), null);
  }
}
