package io.dotp.config;

import io.dotp.config.NatConfig.Backend;
import io.dotp.config.ProcessConfig.LogLevel;
import io.dotp.ip.AccessList;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.ip.Unmappable;
import io.dotp.name.DomainName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks flags and makes records of them; collects every mistake instead of stopping at the first.
 */
public final class ConfigBuilder {
  private static final int DNS_PORT = 53;
  private static final Duration DEFAULT_NAT_TTL = Duration.ofMinutes(2);
  private static final Duration DEFAULT_FAKE_TTL = Duration.ofMinutes(1);
  private static final Duration DEFAULT_QUARANTINE = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  /** An answer's TTL ends 60 s before its lease, and 30 s of TTL are the least that helps. */
  private static final Duration LEAST_NAT_TTL = Duration.ofSeconds(90);

  /** Clients keep an address longer than they should; less rest than this is none. */
  private static final Duration LEAST_QUARANTINE = Duration.ofMinutes(2);

  private static final Pattern TABLE_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.]{0,31}");

  private final FlagSet flags;
  private final Environment environment;
  private final List<String> mistakes = new ArrayList<>();

  private ConfigBuilder(FlagSet flags, Environment environment) {
    this.flags = flags;
    this.environment = environment;
  }

  public static ConfigResult build(FlagSet flags, Environment environment) {
    return new ConfigBuilder(flags, environment).build();
  }

  private ConfigResult build() {
    DnsConfig dns = dns();
    UpstreamConfig upstream = upstream();
    RouteConfig route = route();
    NatConfig nat = nat();
    ProcessConfig process = process();
    refuseLoops(dns, upstream, route);
    return mistakes.isEmpty()
        ? new ConfigResult.Valid(new Config(dns, upstream, List.of(route), nat, process))
        : new ConfigResult.Invalid(mistakes);
  }

  private DnsConfig dns() {
    List<IpAddress> hosts = addresses("--host", flags.host());
    if (flags.host().isEmpty()) {
      mistake("--host", "is required: the address to answer DNS on, for example -H 192.168.1.1");
    }
    int port = port("--port", flags.port());
    if (flags.allowClients().isEmpty()) {
      return new DnsConfig(hosts, port, AccessList.LOCAL_NETWORKS, true);
    }
    List<IpPrefix> allowed = new ArrayList<>();
    for (String text : flags.allowClients()) {
      IpPrefix prefix = IpPrefix.parse(text);
      if (prefix == null) {
        mistake("--allow-clients", "'" + text + "' is no address or prefix");
      } else {
        allowed.add(prefix);
      }
    }
    return new DnsConfig(hosts, port, new AccessList(allowed), false);
  }

  private UpstreamConfig upstream() {
    List<IpAddress> servers = addresses("--upstream-host", flags.upstreamHost());
    if (flags.upstreamHost().isEmpty()) {
      mistake("--upstream-host", "is required: the DNS server that is asked, for example 9.9.9.9");
    }
    return new UpstreamConfig(servers, port("--upstream-port", flags.upstreamPort()));
  }

  private RouteConfig route() {
    List<DomainName> domains = new ArrayList<>();
    if (flags.domain().isEmpty()) {
      mistake("--domain", "is required: a name to steer, for example -d example.com");
    }
    for (String text : flags.domain()) {
      try {
        domains.add(DomainName.parse(text));
      } catch (IllegalArgumentException e) {
        mistake("--domain", "'" + text + "': " + e.getMessage());
      }
    }
    if (flags.ipv4Prefix() == null && flags.ipv6Prefix() == null) {
      mistake("--ipv4-prefix, --ipv6-prefix", "at least one of the two is required");
    }
    IpPrefix ipv4 = pool("--ipv4-prefix", flags.ipv4Prefix(), Family.IPV4, 30);
    IpPrefix ipv6 = pool("--ipv6-prefix", flags.ipv6Prefix(), Family.IPV6, 64);
    return new RouteConfig(RouteId.DEFAULT, "default", domains, ipv4, ipv6, true);
  }

  private @Nullable IpPrefix pool(String flag, @Nullable String text, Family family, int longest) {
    if (text == null) {
      return null;
    }
    IpPrefix prefix = text.indexOf('/') < 0 ? null : IpPrefix.parse(text);
    if (prefix == null || prefix.family() != family) {
      mistake(flag, "'" + text + "' is no " + label(family) + " prefix like " + example(family));
      return null;
    }
    if (prefix.length() > longest) {
      mistake(flag, "'" + text + "' is too small, the length may be at most " + longest);
    }
    for (IpPrefix special : Unmappable.ALWAYS) {
      if (prefix.overlaps(special)) {
        mistake(flag, "'" + text + "' contains special addresses (" + special + ")");
        return null;
      }
    }
    return prefix;
  }

  private NatConfig nat() {
    Duration natTtl = duration("--nat-ttl", flags.natTtl(), DEFAULT_NAT_TTL, LEAST_NAT_TTL);
    Duration fakeTtl =
        duration("--fake-ttl", flags.fakeTtl(), DEFAULT_FAKE_TTL, Duration.ofSeconds(1));
    Duration quarantine =
        duration("--quarantine", flags.quarantine(), DEFAULT_QUARANTINE, LEAST_QUARANTINE);
    String table = flags.nftTable() == null ? "dotp" : flags.nftTable();
    if (!TABLE_NAME.matcher(table).matches()) {
      mistake(
          "--nft-table",
          "'" + table + "' is no table name: a letter, then letters, digits, _ and .");
    }
    Backend backend = choice("--nft-backend", flags.nftBackend(), Backend.AUTO, Backend.values());
    if (flags.dryRun()) {
      backend = Backend.NONE;
    }
    return new NatConfig(natTtl, fakeTtl, quarantine, table, backend);
  }

  private ProcessConfig process() {
    Path stateDir = defaultStateDir();
    if (flags.stateDir() != null) {
      try {
        stateDir = environment.workingDirectory().resolve(flags.stateDir()).normalize();
      } catch (InvalidPathException e) {
        mistake("--state-dir", "'" + flags.stateDir() + "' is no path: " + e.getReason());
      }
    }
    LogLevel level = choice("--log-level", flags.logLevel(), LogLevel.INFO, LogLevel.values());
    return new ProcessConfig(stateDir, level, flags.daemonize());
  }

  private Path defaultStateDir() {
    return environment.root() ? Path.of("/var/lib/dotp") : environment.stateHome().resolve("dotp");
  }

  /** An upstream that leads back to us would answer every query with itself. */
  private void refuseLoops(DnsConfig dns, UpstreamConfig upstream, RouteConfig route) {
    for (IpAddress server : upstream.servers()) {
      if (server.high() == 0 && server.low() == 0) {
        mistake("--upstream-host", server + " is no address of a server");
      }
      if (upstream.port() == dns.port() && dns.hosts().contains(server)) {
        mistake("--upstream-host", server + " port " + dns.port() + " is our own listener");
      }
      for (Family family : Family.values()) {
        IpPrefix pool = route.prefix(family);
        if (pool != null && pool.contains(server)) {
          mistake("--upstream-host", server + " lies in the fake pool " + pool);
        }
      }
    }
    for (IpAddress host : dns.hosts()) {
      for (Family family : Family.values()) {
        IpPrefix pool = route.prefix(family);
        if (pool != null && pool.contains(host)) {
          mistake("--host", host + " lies in the fake pool " + pool);
        }
      }
    }
  }

  private List<IpAddress> addresses(String flag, List<String> texts) {
    List<IpAddress> addresses = new ArrayList<>();
    for (String text : texts) {
      IpAddress parsed = IpAddress.parse(text);
      IpAddress address = parsed == null ? null : parsed.unmapped();
      if (address == null) {
        mistake(flag, "'" + text + "' is no IPv4 or IPv6 address");
      } else if (!addresses.contains(address)) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  private int port(String flag, @Nullable String text) {
    if (text == null) {
      return DNS_PORT;
    }
    long port = number(text);
    if (port < 1 || port > 65535) {
      mistake(flag, "'" + text + "' is no port, 1 to 65535");
      return DNS_PORT;
    }
    return (int) port;
  }

  private Duration duration(String flag, @Nullable String text, Duration preset, Duration least) {
    if (text == null) {
      return preset;
    }
    long seconds = number(text);
    if (seconds < least.toSeconds() || seconds > DAY.toSeconds()) {
      mistake(
          flag,
          String.format(
              Locale.ROOT,
              "'%s' is no number of seconds from %d to %d",
              text,
              least.toSeconds(),
              DAY.toSeconds()));
      return preset;
    }
    return Duration.ofSeconds(seconds);
  }

  private <E extends Enum<E>> E choice(String flag, @Nullable String text, E preset, E[] values) {
    if (text == null) {
      return preset;
    }
    List<String> known = new ArrayList<>();
    for (E value : values) {
      String word = value.name().toLowerCase(Locale.ROOT);
      if (word.equals(text)) {
        return value;
      }
      known.add(word);
    }
    mistake(flag, "'" + text + "' is unknown, use " + String.join(", ", known));
    return preset;
  }

  /** -1 when {@code text} is not 1 to 9 digits. */
  private static long number(String text) {
    boolean digits =
        !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits ? Long.parseLong(text) : -1;
  }

  private void mistake(String flag, String message) {
    mistakes.add(flag + ": " + message);
  }

  private static String label(Family family) {
    return family == Family.IPV4 ? "IPv4" : "IPv6";
  }

  private static String example(Family family) {
    return family == Family.IPV4 ? "198.18.0.0/15" : "2001:2:0:d07::/64";
  }
}
