package io.dotp.config;

import java.util.List;

/**
 * The whole configuration; only daemon, cli and config may see it.
 *
 * @param rules what the kernel does for all routes together
 * @param upstream who is asked unless a route or a forward zone says otherwise
 * @param lists those with a name of their own; routes have others besides
 */
public record Config(
    DnsConfig dns,
    LocalConfig local,
    CacheConfig cache,
    UpstreamConfig upstream,
    List<ForwardZone> forwards,
    List<RouteConfig> routes,
    List<ListConfig> lists,
    NatConfig nat,
    HostRules rules,
    ProcessConfig process,
    ControlConfig control,
    FetchConfig fetch) {
  public Config {
    forwards = List.copyOf(forwards);
    routes = List.copyOf(routes);
    lists = List.copyOf(lists);
  }
}
