package io.dotp.nat.mapping;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The thinnest form that carries the main path. */
public final class MappingTable {
  public final Map<IpAddress, Mapping> reals = new ConcurrentHashMap<>();
  public final Map<IpAddress, Mapping> fakes = new ConcurrentHashMap<>();

  public @Nullable Mapping byReal(RouteId r, IpAddress a) {
    return reals.get(a);
  }
}
