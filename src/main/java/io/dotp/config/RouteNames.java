package io.dotp.config;

import io.dotp.name.DomainName;
import java.util.List;

/**
 * Which names a route has.
 *
 * @param domains names to steer, each with everything below it
 */
public record RouteNames(List<DomainName> domains) {
  public RouteNames {
    domains = List.copyOf(domains);
  }
}
