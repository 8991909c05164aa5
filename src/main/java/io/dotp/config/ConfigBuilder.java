package io.dotp.config;

import io.dotp.config.LocalConfig.Canary;
import io.dotp.config.NatConfig.Backend;
import io.dotp.config.ProcessConfig.LogLevel;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Checks settings and makes records of them; collects every mistake instead of stopping at the
 * first.
 */
public final class ConfigBuilder {
  private static final Duration DEFAULT_NAT_TTL = Duration.ofMinutes(2);
  private static final Duration DEFAULT_MAX_LEASE = Duration.ofDays(1);
  private static final Duration LONGEST_MAX_LEASE = Duration.ofDays(365);
  private static final Duration DEFAULT_FAKE_TTL = Duration.ofMinutes(1);
  private static final Duration DEFAULT_COMMIT_DEADLINE = Duration.ofMillis(250);
  private static final Duration DEFAULT_QUARANTINE = Duration.ofHours(1);
  private static final Duration DEFAULT_SERVE_STALE = Duration.ofHours(1);
  private static final long DEFAULT_CACHE_SIZE = 16 << 20;
  private static final long LARGEST_CACHE_SIZE = 1 << 30;
  private static final int LARGEST_RATE = 1_000_000;

  /** An answer's TTL ends 60 s before its lease, and 30 s of TTL are the least that helps. */
  private static final Duration LEAST_NAT_TTL = Duration.ofSeconds(90);

  /** Clients keep an address longer than they should; less rest than this is none. */
  private static final Duration LEAST_QUARANTINE = Duration.ofMinutes(2);

  private final Settings settings;
  private final SettingReader reader;
  private final Environment environment;

  private ConfigBuilder(Settings settings, Environment environment) {
    this.settings = settings;
    this.reader = new SettingReader(settings, environment.workingDirectory());
    this.environment = environment;
  }

  /** All mistakes of all layers; only those of the files when one of these cannot be read. */
  public static ConfigResult build(SettingLayers layers, Environment environment) {
    if (!layers.complete()) {
      return new ConfigResult.Invalid(layers.mistakes());
    }
    ConfigBuilder builder = new ConfigBuilder(layers.settings(), environment);
    Config config = builder.build();
    List<String> mistakes =
        Stream.concat(layers.mistakes().stream(), builder.reader.mistakes().stream()).toList();
    return mistakes.isEmpty() ? new ConfigResult.Valid(config) : new ConfigResult.Invalid(mistakes);
  }

  private Config build() {
    RouteReader routeReader = new RouteReader(reader);
    DnsConfig dns = dns();
    OwnPlaces own = new OwnPlaces(dns.hosts(), dns.port(), routeReader.pools());
    refuseHostsInPools(own);
    UpstreamReader upstreams = new UpstreamReader(reader, own);
    UpstreamConfig upstream = upstreams.upstream();
    List<ForwardZone> forwards = upstreams.forwards();
    NatConfig nat = nat(own.pools());
    ListReader lists = new ListReader(reader);
    RulesReader rules = new RulesReader(reader);
    List<RouteConfig> routes =
        routeReader.routes(new RouteReader.Parts(upstreams, lists, rules, nat.fakeTtl()));
    ProcessConfig process = process();
    return new Config(
        dns,
        local(),
        cache(),
        upstream,
        forwards,
        routes,
        lists.lists(),
        nat,
        rules.host(dns, asked(upstream, forwards, routes)),
        process,
        control(process.stateDir()),
        fetch());
  }

  /** Every group of servers that we ask. */
  private static List<UpstreamConfig> asked(
      UpstreamConfig upstream, List<ForwardZone> forwards, List<RouteConfig> routes) {
    return Stream.of(
            Stream.of(upstream),
            forwards.stream().map(ForwardZone::upstream),
            routes.stream().map(RouteConfig::upstream).filter(Objects::nonNull))
        .flatMap(groups -> groups)
        .toList();
  }

  private DnsConfig dns() {
    List<IpAddress> hosts =
        reader.addresses(
            reader.required("host", "the address to answer DNS on, for example -H 192.168.1.1"));
    int port = reader.port("port");
    boolean byDefault = settings.all("allow-clients").isEmpty();
    AccessList clients =
        byDefault ? AccessList.LOCAL_NETWORKS : new AccessList(reader.prefixes("allow-clients"));
    int rate = (int) reader.number("rate-limit", "queries a second", 0, 0, LARGEST_RATE);
    return new DnsConfig(hosts, port, clients, byDefault, rate);
  }

  private void refuseHostsInPools(OwnPlaces own) {
    for (Setting given : settings.all("host")) {
      IpAddress host = SettingReader.address(given.text());
      String fault = host == null ? null : own.poolFault(host);
      if (fault != null) {
        reader.mistake(given, fault);
      }
    }
  }

  private LocalConfig local() {
    Set<Canary> passed = new HashSet<>();
    for (Setting given : settings.all("pass-canary")) {
      Canary canary = reader.choice(given, Canary.values());
      if (canary != null) {
        passed.add(canary);
      }
    }
    List<Path> files =
        settings.all("hosts-file").stream().map(reader::path).filter(Objects::nonNull).toList();
    return new LocalConfig(passed, files);
  }

  private CacheConfig cache() {
    return new CacheConfig(
        reader.bytes("cache-size", DEFAULT_CACHE_SIZE, LARGEST_CACHE_SIZE),
        reader.seconds("serve-stale", DEFAULT_SERVE_STALE, Duration.ZERO));
  }

  private NatConfig nat(List<IpPrefix> prefixes) {
    Duration natTtl = reader.seconds("nat-ttl", DEFAULT_NAT_TTL, LEAST_NAT_TTL);
    Duration maxLease = reader.seconds("max-lease", DEFAULT_MAX_LEASE, natTtl, LONGEST_MAX_LEASE);
    Duration fakeTtl = reader.seconds("fake-ttl", DEFAULT_FAKE_TTL, Duration.ofSeconds(1));
    Duration quarantine = reader.seconds("quarantine", DEFAULT_QUARANTINE, LEAST_QUARANTINE);
    String table = OwnTable.name(reader);
    Backend backend = reader.choice("nft-backend", Backend.AUTO, Backend.values());
    if (settings.isOn("dry-run")) {
      backend = Backend.NONE;
    }
    PoolReader pools = new PoolReader(reader);
    PoolConfig pool = pools.pool();
    prefixes.forEach(prefix -> pools.refuseEmpty(prefix, pool.reserve()));
    Duration deadline = commitDeadline();
    return new NatConfig(natTtl, maxLease, fakeTtl, quarantine, deadline, table, backend, pool);
  }

  private Duration commitDeadline() {
    long preset = DEFAULT_COMMIT_DEADLINE.toMillis();
    return Duration.ofMillis(reader.number("commit-deadline", "milliseconds", preset, 20, 5000));
  }

  private ProcessConfig process() {
    Setting given = settings.one("state-dir");
    Path stateDir = given == null ? null : reader.path(given);
    LogLevel level = reader.choice("log-level", LogLevel.INFO, LogLevel.values());
    return new ProcessConfig(
        stateDir == null ? environment.defaultStateDir() : stateDir,
        level,
        settings.isOn("daemonize"));
  }

  private FetchConfig fetch() {
    Setting given = settings.one("list-ca");
    return new FetchConfig(given == null ? null : reader.path(given));
  }

  private ControlConfig control(Path stateDir) {
    Path otherwise = ControlConfig.defaultSocket(environment, stateDir);
    return ControlConfig.of(reader, settings.one("control-socket"), otherwise);
  }
}
