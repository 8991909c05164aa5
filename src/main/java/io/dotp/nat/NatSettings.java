package io.dotp.nat;

import io.dotp.config.NatConfig;
import io.dotp.config.RouteConfig;
import java.util.List;

/** The thinnest form that carries the main path. */
public record NatSettings(NatConfig c, List<RouteConfig> r, PoolKey k) {}
