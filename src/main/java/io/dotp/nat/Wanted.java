package io.dotp.nat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be mapped.
 *
 * @param name whose question led to the addresses; part of the key if names have fakes of their
 *     own. Null for none: then the fakes are shared
 * @param client on whose account new mappings are made, as the listeners tell clients apart; null
 *     for somebody without limits
 */
public record Wanted(
    RouteId route, @Nullable DomainName name, List<IpAddress> reals, @Nullable IpAddress client) {
  public Wanted {
    reals = List.copyOf(reals);
  }

  /** For all names, on nobody's account. */
  public static Wanted of(RouteId route, List<IpAddress> reals) {
    return new Wanted(route, null, reals, null);
  }

  /** The same where all names share their fakes. */
  Wanted withoutName() {
    return name == null ? this : new Wanted(route, null, reals, client);
  }
}
