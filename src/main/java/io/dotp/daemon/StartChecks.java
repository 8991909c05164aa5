package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.DnsConfig;
import io.dotp.config.ForwardZone;
import io.dotp.config.UpstreamEndpoint;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.net.OwnAddresses;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What only this machine can tell about a configuration: loops, overlaps, unfortunate pools. */
final class StartChecks {
  private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

  /** What browsers take for the local network and keep public pages from using. */
  private static final List<IpPrefix> LOCAL_TO_BROWSERS =
      Stream.of(
              "10.0.0.0/8",
              "100.64.0.0/10",
              "172.16.0.0/12",
              "192.168.0.0/16",
              "fc00::/7",
              "2001:db8::/32")
          .map(IpPrefix::parse)
          .map(Objects::requireNonNull)
          .toList();

  private static final int SMALL_POOL_HOST_BITS = 12;

  private StartChecks() {}

  static void check(Config config, OwnAddresses own) throws StartFailure {
    refuseOwnUpstream(config, own);
    warnOf(Reloader.pools(config), own);
  }

  /** Of pools that are allowed but unfortunate. */
  static void warnOf(List<IpPrefix> pools, OwnAddresses own) {
    pools.forEach(pool -> warn(pool, own));
  }

  /** To be asked before the upstream side is built: it throws then. */
  static void checkAuthorities(Config config) throws StartFailure {
    Path file = config.upstream().caFile();
    String problem = file == null ? null : UpstreamGroups.problemOf(file);
    if (problem != null) {
      throw new StartFailure(ExitCode.FILE, "--upstream-ca: " + file + ": " + problem);
    }
  }

  /** A listener on a wildcard address answers on every own address. */
  private static void refuseOwnUpstream(Config config, OwnAddresses own) throws StartFailure {
    for (UpstreamEndpoint server : config.upstream().servers()) {
      refuseOwn("--upstream-host", server, config.dns(), own);
    }
    for (ForwardZone zone : config.forwards()) {
      for (UpstreamEndpoint server : zone.upstream().servers()) {
        refuseOwn("--forward", server, config.dns(), own);
      }
    }
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

  private static void warn(IpPrefix pool, OwnAddresses own) {
    for (IpPrefix network : own.networks()) {
      if (network.overlaps(pool)) {
        LOG.warn(
            "pool overlaps an attached network pool={} network={} remedy=\"choose a prefix that"
                + " nobody uses, for example {}\"",
            pool,
            network,
            recommended(pool));
      }
    }
    for (IpPrefix local : LOCAL_TO_BROWSERS) {
      if (local.overlaps(pool)) {
        LOG.warn(
            "browsers take this pool for the local network and block public pages from it pool={}"
                + " remedy=\"use {}\"",
            pool,
            recommended(pool));
      }
    }
    if (pool.hostBits() < SMALL_POOL_HOST_BITS) {
      LOG.warn("pool is small and may run full pool={} remedy=\"use a /20 or larger\"", pool);
    }
  }

  private static String recommended(IpPrefix pool) {
    return pool.family() == Family.IPV4 ? "198.18.0.0/15" : "2001:2:0:d07::/64";
  }
}
