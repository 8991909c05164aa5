package io.dotp.nat.mapping;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;

/** The thinnest form that carries the main path. */
public final class Mapping {
  private final RouteId route;
  private final IpAddress fake;
  private final IpAddress real;
  public volatile long deadline;

  public Mapping(RouteId route, IpAddress fake, IpAddress real, long deadline) {
    this.route = route;
    this.fake = fake;
    this.real = real;
    this.deadline = deadline;
  }

  public RouteId route() {
    return route;
  }

  public IpAddress fake() {
    return fake;
  }

  public IpAddress real() {
    return real;
  }

  public long leaseLeftNanos(long now) {
    return Math.max(0, deadline - now);
  }
}
