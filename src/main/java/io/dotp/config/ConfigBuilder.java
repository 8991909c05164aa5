package io.dotp.config;

import io.dotp.config.LocalConfig.Canary;
import io.dotp.config.NatConfig.Backend;
import io.dotp.config.ProcessConfig.LogLevel;
import io.dotp.ip.AccessList;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.ip.Unmappable;
import io.dotp.name.DomainName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks flags and makes records of them; collects every mistake instead of stopping at the first.
 */
public final class ConfigBuilder {
  private static final Duration DEFAULT_NAT_TTL = Duration.ofMinutes(2);
  private static final Duration DEFAULT_MAX_LEASE = Duration.ofDays(1);
  private static final Duration LONGEST_MAX_LEASE = Duration.ofDays(365);
  private static final Duration DEFAULT_FAKE_TTL = Duration.ofMinutes(1);
  private static final Duration DEFAULT_QUARANTINE = Duration.ofHours(1);
  private static final Duration DEFAULT_SERVE_STALE = Duration.ofHours(1);
  private static final long DEFAULT_CACHE_SIZE = 16 << 20;
  private static final long LARGEST_CACHE_SIZE = 1 << 30;
  private static final int LARGEST_RATE = 1_000_000;

  /** An answer's TTL ends 60 s before its lease, and 30 s of TTL are the least that helps. */
  private static final Duration LEAST_NAT_TTL = Duration.ofSeconds(90);

  /** Clients keep an address longer than they should; less rest than this is none. */
  private static final Duration LEAST_QUARANTINE = Duration.ofMinutes(2);

  private static final Pattern TABLE_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.]{0,31}");

  private final FlagSet flags;
  private final FlagReader reader;
  private final Environment environment;

  private ConfigBuilder(FlagSet flags, Environment environment) {
    this.flags = flags;
    this.reader = new FlagReader(flags, environment.workingDirectory());
    this.environment = environment;
  }

  public static ConfigResult build(FlagSet flags, Environment environment) {
    return new ConfigBuilder(flags, environment).build();
  }

  private ConfigResult build() {
    DnsConfig dns = dns();
    UpstreamReader upstreams = new UpstreamReader(reader);
    UpstreamConfig upstream = upstreams.upstream();
    List<ForwardZone> forwards = upstreams.forwards();
    RouteConfig route = route();
    Config config =
        new Config(
            dns, local(), cache(), upstream, forwards, List.of(route), nat(route), process());
    refuseLoops(config, route);
    return reader.mistakes().isEmpty()
        ? new ConfigResult.Valid(config)
        : new ConfigResult.Invalid(reader.mistakes());
  }

  private DnsConfig dns() {
    List<String> texts =
        reader.required("host", "the address to answer DNS on, for example -H 192.168.1.1");
    List<IpAddress> hosts = reader.addresses("host", texts);
    int port = reader.port("port");
    boolean byDefault = flags.all("allow-clients").isEmpty();
    AccessList clients =
        byDefault ? AccessList.LOCAL_NETWORKS : new AccessList(reader.prefixes("allow-clients"));
    int rate = (int) reader.number("rate-limit", "queries a second", 0, 0, LARGEST_RATE);
    return new DnsConfig(hosts, port, clients, byDefault, rate);
  }

  private LocalConfig local() {
    Set<Canary> passed = new HashSet<>();
    for (String word : flags.all("pass-canary")) {
      Canary canary = reader.choice("pass-canary", word, Canary.values());
      if (canary != null) {
        passed.add(canary);
      }
    }
    List<Path> files =
        flags.all("hosts-file").stream()
            .map(file -> reader.path("hosts-file", file))
            .filter(Objects::nonNull)
            .toList();
    return new LocalConfig(passed, files);
  }

  private CacheConfig cache() {
    return new CacheConfig(
        reader.bytes("cache-size", DEFAULT_CACHE_SIZE, LARGEST_CACHE_SIZE),
        reader.seconds("serve-stale", DEFAULT_SERVE_STALE, Duration.ZERO));
  }

  private RouteConfig route() {
    List<DomainName> domains = new ArrayList<>();
    for (String text : reader.required("domain", "a name to steer, for example -d example.com")) {
      DomainName name = reader.name("domain", text);
      if (name != null) {
        domains.add(name);
      }
    }
    if (flags.one("ipv4-prefix") == null && flags.one("ipv6-prefix") == null) {
      reader.mistake("ipv4-prefix, --ipv6-prefix", "at least one of the two is required");
    }
    IpPrefix ipv4 = pool("ipv4-prefix", Family.IPV4, 30);
    IpPrefix ipv6 = pool("ipv6-prefix", Family.IPV6, 64);
    HttpsRecords https =
        reader.choice("https-records", HttpsRecords.REWRITE, HttpsRecords.values());
    return new RouteConfig(RouteId.DEFAULT, "default", domains, ipv4, ipv6, true, https, null);
  }

  private @Nullable IpPrefix pool(String flag, Family family, int longest) {
    String text = flags.one(flag);
    if (text == null) {
      return null;
    }
    IpPrefix prefix = text.indexOf('/') < 0 ? null : IpPrefix.parse(text);
    if (prefix == null || prefix.family() != family) {
      reader.mistake(
          flag, "'" + text + "' is no " + label(family) + " prefix like " + example(family));
      return null;
    }
    if (prefix.length() > longest) {
      reader.mistake(flag, "'" + text + "' is too small, the length may be at most " + longest);
    }
    for (IpPrefix special : Unmappable.ALWAYS) {
      if (prefix.overlaps(special)) {
        reader.mistake(flag, "'" + text + "' contains special addresses (" + special + ")");
        return null;
      }
    }
    return prefix;
  }

  private NatConfig nat(RouteConfig route) {
    Duration natTtl = reader.seconds("nat-ttl", DEFAULT_NAT_TTL, LEAST_NAT_TTL);
    Duration maxLease = reader.seconds("max-lease", DEFAULT_MAX_LEASE, natTtl, LONGEST_MAX_LEASE);
    Duration fakeTtl = reader.seconds("fake-ttl", DEFAULT_FAKE_TTL, Duration.ofSeconds(1));
    Duration quarantine = reader.seconds("quarantine", DEFAULT_QUARANTINE, LEAST_QUARANTINE);
    String named = flags.one("nft-table");
    String table = named == null ? "dotp" : named;
    if (!TABLE_NAME.matcher(table).matches()) {
      reader.mistake(
          "nft-table", "'" + table + "' is no table name: a letter, then letters, digits, _ and .");
    }
    Backend backend = reader.choice("nft-backend", Backend.AUTO, Backend.values());
    if (flags.isOn("dry-run")) {
      backend = Backend.NONE;
    }
    PoolReader pools = new PoolReader(reader);
    PoolConfig pool = pools.pool();
    pools(route).forEach(prefix -> pools.refuseEmpty(prefix, pool.reserve()));
    return new NatConfig(natTtl, maxLease, fakeTtl, quarantine, table, backend, pool);
  }

  private ProcessConfig process() {
    String given = flags.one("state-dir");
    Path stateDir = given == null ? null : reader.path("state-dir", given);
    LogLevel level = reader.choice("log-level", LogLevel.INFO, LogLevel.values());
    return new ProcessConfig(
        stateDir == null ? defaultStateDir() : stateDir, level, flags.isOn("daemonize"));
  }

  private Path defaultStateDir() {
    return environment.root() ? Path.of("/var/lib/dotp") : environment.stateHome().resolve("dotp");
  }

  /** An upstream that leads back to us would answer every query with itself. */
  private void refuseLoops(Config config, RouteConfig route) {
    DnsConfig dns = config.dns();
    for (UpstreamEndpoint server : config.upstream().servers()) {
      refuseLoop("upstream-host", server, dns, route);
    }
    for (ForwardZone zone : config.forwards()) {
      zone.upstream().servers().forEach(server -> refuseLoop("forward", server, dns, route));
    }
    for (UpstreamEndpoint server : config.upstream().bootstrap()) {
      refuseLoop("bootstrap-host", server, dns, route);
    }
    for (IpAddress host : dns.hosts()) {
      pools(route)
          .filter(pool -> pool.contains(host))
          .forEach(pool -> reader.mistake("host", host + " lies in the fake pool " + pool));
    }
  }

  private void refuseLoop(String key, UpstreamEndpoint server, DnsConfig dns, RouteConfig route) {
    IpAddress address = server.address();
    if (address == null) {
      return;
    }
    if (server.port() == dns.port() && dns.hosts().contains(address)) {
      reader.mistake(key, address + " port " + dns.port() + " is our own listener");
    }
    pools(route)
        .filter(pool -> pool.contains(address))
        .forEach(pool -> reader.mistake(key, address + " lies in the fake pool " + pool));
  }

  private static Stream<IpPrefix> pools(RouteConfig route) {
    return Stream.of(Family.values()).map(route::prefix).filter(Objects::nonNull);
  }

  private static String label(Family family) {
    return family == Family.IPV4 ? "IPv4" : "IPv6";
  }

  private static String example(Family family) {
    return family == Family.IPV4 ? "198.18.0.0/15" : "2001:2:0:d07::/64";
  }
}
