package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.DnsConfig;
import io.dotp.config.ForwardZone;
import io.dotp.config.RereadResult;
import io.dotp.config.RouteConfig;
import io.dotp.config.UpstreamConfig;
import io.dotp.config.UpstreamEndpoint;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.net.OwnAddresses;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What only this machine can tell about a configuration: loops, overlaps, unfortunate pools. */
final class StartChecks {
  private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

  private StartChecks() {}

  static void check(Config config, OwnAddresses own) throws StartFailure {
    refuseOwnUpstream(config, own);
    warnOf(Reloader.pools(config), own);
    RouteWarnings.of(config).forEach(LOG::warn);
  }

  /** Of pools that are allowed but unfortunate. */
  static void warnOf(List<IpPrefix> pools, OwnAddresses own) {
    PoolWarnings.of(pools, own.networks(), List.of()).forEach(LOG::warn);
  }

  /** To be asked before the upstream side is built: it throws then. */
  static void checkAuthorities(Config config) throws StartFailure {
    check("--upstream-ca", config.upstream().caFile());
    check("--list-ca", config.fetch().caFile());
  }

  private static void check(String flag, @Nullable Path file) throws StartFailure {
    String problem = file == null ? null : UpstreamGroups.problemOf(file);
    if (problem != null) {
      throw new StartFailure(ExitCode.FILE, flag + ": " + file + ": " + problem);
    }
  }

  /** A listener on a wildcard address answers on every own address. */
  static void refuseOwnUpstream(Config config, OwnAddresses own) throws StartFailure {
    for (UpstreamEndpoint server : config.upstream().servers()) {
      refuseOwn("--upstream-host", server, config.dns(), own);
    }
    for (RouteConfig route : config.routes()) {
      UpstreamConfig asked = route.upstream();
      for (UpstreamEndpoint server :
          asked == null ? List.<UpstreamEndpoint>of() : asked.servers()) {
        refuseOwn("upstream-host of route " + route.name(), server, config.dns(), own);
      }
    }
    for (ForwardZone zone : config.forwards()) {
      for (UpstreamEndpoint server : zone.upstream().servers()) {
        refuseOwn("--forward", server, config.dns(), own);
      }
    }
  }

  /** As {@link #refuseOwnUpstream} and {@link #checkAuthorities} for what is read again. */
  static RereadResult checked(RereadResult read, OwnAddresses own) {
    if (read instanceof RereadResult.Reread fit) {
      try {
        checkAuthorities(fit.config());
        refuseOwnUpstream(fit.config(), own);
      } catch (StartFailure e) {
        return new RereadResult.Invalid(List.of(String.valueOf(e.getMessage())));
      }
    }
    return read;
  }

  private static void refuseOwn(
      String flag, UpstreamEndpoint server, DnsConfig dns, OwnAddresses own) throws StartFailure {
    IpAddress address = server.address();
    if (address == null || server.port() != dns.port()) {
      return;
    }
    boolean wildcard =
        dns.hosts().stream()
            .anyMatch(host -> host.high() == 0 && host.low() == 0 && listensFor(host, address));
    if (wildcard && (own.addresses().contains(address) || isLoopback(address))) {
      throw new StartFailure(
          ExitCode.USAGE,
          flag
              + ": "
              + address
              + " port "
              + dns.port()
              + " is our own listener, because --host is a wildcard address");
    }
  }

  private static boolean listensFor(IpAddress wildcard, IpAddress server) {
    return wildcard.family() == server.family() || wildcard.family() == Family.IPV6;
  }

  private static boolean isLoopback(IpAddress address) {
    return address.family() == Family.IPV4
        ? address.low() >>> 24 == 127
        : address.high() == 0 && address.low() == 1;
  }
}
