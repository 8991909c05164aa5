package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;

/** A real address that needs a fake of a route's pool. */
public record RealAddress(RouteId route, IpAddress real) {}
