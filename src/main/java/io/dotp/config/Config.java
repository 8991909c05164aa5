package io.dotp.config;

import java.util.List;

/** The whole configuration; only daemon, cli and config may see it. */
public record Config(
    DnsConfig dns,
    UpstreamConfig upstream,
    List<RouteConfig> routes,
    NatConfig nat,
    ProcessConfig process) {
  public Config {
    routes = List.copyOf(routes);
  }
}
