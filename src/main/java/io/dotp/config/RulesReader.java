package io.dotp.config;

import io.dotp.config.HostRules.DnsCapture;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what the kernel shall do with traffic, of each route and of all together. */
final class RulesReader {
  /** What the shipped rule files say, too. */
  private static final int PROXY_PORT = 12_345;

  /** Path MTU discovery's word: as much as fits through the way that the packet takes. */
  private static final String PMTU = "pmtu";

  private static final int LARGEST_TABLE = 999_999_999;
  private static final List<String> OF_PROXIES = List.of("inbound", "port", "fail-mode");
  private static final List<String> OF_FAKES =
      List.of("mark", "mark-mask", "mss", "block-quic", "inbound", "port", "fail-mode");

  /** Who is on the LAN unless --allow-clients says so. */
  private static final List<IpPrefix> LANS =
      Stream.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
          .map(IpPrefix::parse)
          .map(Objects::requireNonNull)
          .toList();

  private final SettingReader whole;
  private final TproxyRouting tproxy;

  /** Names of routes that hand their traffic to a proxy, with its place. */
  private final List<Claim> claims = new ArrayList<>();

  /** Which proxy a route needs at a port. */
  private record Claim(String route, ProxyRules proxy, SettingReader reader) {}

  RulesReader(SettingReader whole) {
    this.whole = whole;
    PacketMark mark = PacketMark.read(whole, "tproxy-mark", "tproxy-mask");
    TproxyRouting preset = TproxyRouting.PRESET;
    int table = (int) whole.number("tproxy-table", "a table", preset.table(), 1, LARGEST_TABLE);
    Setting given = whole.settings().one("tproxy-table");
    if (given != null && table >= 253 && table <= 255) {
      whole.mistake(given, "'" + given.text() + "' is one of the kernel's own tables");
    }
    tproxy =
        mark == null
            ? new TproxyRouting(preset.mark(), preset.mask(), table)
            : new TproxyRouting(mark.bits(), mark.mask(), table);
  }

  TproxyRouting tproxy() {
    return tproxy;
  }

  /**
   * Of one route.
   *
   * @param name for messages about another route
   */
  RouteRules route(SettingReader reader, String name, Treatment treatment) {
    boolean own = reader != whole;
    refuse(reader, own, treatment);
    if (!treatment.hasFakes()) {
      return RouteRules.NONE;
    }
    ProxyRules proxy = treatment == Treatment.PROXY ? proxy(reader, name) : null;
    PacketMark mark = PacketMark.read(reader, "mark", "mark-mask");
    Setting given = reader.settings().one("mark");
    if (mark != null && given != null) {
      refuseTproxyMark(reader, given, mark);
    }
    Setting mss = reader.settings().one("mss");
    if (mss != null && !mss.text().equals(PMTU)) {
      reader.mistake(mss, "'" + mss.text() + "' is unknown, use " + PMTU);
    }
    return new RouteRules(
        mark == null ? 0 : mark.bits(),
        mark == null ? 0 : mark.mask(),
        mss != null,
        reader.is("block-quic", false),
        proxy);
  }

  /** Keys that mean nothing for this treatment: somebody expects something else of them. */
  private static void refuse(SettingReader reader, boolean own, Treatment treatment) {
    List<String> keys = treatment.hasFakes() ? OF_PROXIES : OF_FAKES;
    if (own && treatment != Treatment.PROXY) {
      for (String key : keys) {
        Setting given = reader.settings().one(key);
        if (given != null) {
          reader.mistake(
              given,
              treatment.hasFakes()
                  ? "is for treatment proxy, leave it out"
                  : "is for treatment nat and proxy, leave it out");
        }
      }
    }
    Setting mark = reader.settings().one("mark");
    if (treatment == Treatment.PROXY && mark != null) {
      reader.mistake(mark, "is for treatment nat, the proxy marks its own");
    }
  }

  /** Our own routing rule would catch what carries both. */
  private void refuseTproxyMark(SettingReader reader, Setting given, PacketMark mark) {
    PacketMark taken = new PacketMark(tproxy.mark(), tproxy.mask());
    if (mark.looksLike(taken)) {
      reader.mistake(
          given,
          PacketMark.hex(mark.bits())
              + " carries the mark of tproxy inbounds, "
              + PacketMark.hex(taken.bits())
              + "; change it or tproxy-mark");
    }
  }

  private ProxyRules proxy(SettingReader reader, String name) {
    Inbound inbound = reader.choice("inbound", Inbound.TPROXY, Inbound.values());
    FailMode mode = reader.choice("fail-mode", FailMode.CLOSED, FailMode.values());
    int port = reader.portOr("port", PROXY_PORT);
    if (inbound == Inbound.REDIRECT && mode == FailMode.OPEN) {
      reader.mistake(
          Objects.requireNonNull(reader.settings().one("fail-mode")),
          "redirect cannot tell whether somebody listens, use inbound = \"tproxy\"");
    }
    ProxyRules proxy = new ProxyRules(inbound, port, mode);
    for (Claim claim : claims) {
      if (claim.proxy.port() == port && claim.proxy.inbound() != inbound) {
        refusePort(reader, "port " + port + " is the other inbound's of route " + claim.route);
      }
    }
    claims.add(new Claim(name, proxy, reader));
    return proxy;
  }

  private static void refusePort(SettingReader reader, String reason) {
    Setting at = reader.settings().one("port");
    if (at == null) {
      reader.missing("port", reason + ", choose one");
    } else {
      reader.mistake(at, reason);
    }
  }

  /**
   * Of all routes together.
   *
   * @param servers whom we ask, all of them
   */
  HostRules host(DnsConfig dns, List<UpstreamConfig> servers) {
    for (Claim claim : claims) {
      if (claim.proxy.port() == dns.port()) {
        refusePort(claim.reader, "port " + dns.port() + " is that of our own DNS listener");
      }
    }
    if (!whole.settings().isOn("capture-dns")) {
      return new HostRules(tproxy, null);
    }
    List<IpAddress> reachable =
        dns.hosts().stream().filter(host -> !isOfThisHostAlone(host)).toList();
    if (reachable.isEmpty()) {
      whole.mistake(
          Objects.requireNonNull(whole.settings().one("capture-dns")),
          "needs a --host that clients can reach");
    }
    List<IpPrefix> clients = dns.attachedClients() ? LANS : dns.allowClients().allowed();
    return new HostRules(
        tproxy,
        new DnsCapture(IpPrefix.widest(clients), addresses(servers), reachable, dns.port()));
  }

  private static List<IpAddress> addresses(List<UpstreamConfig> groups) {
    return groups.stream()
        .flatMap(group -> Stream.concat(group.servers().stream(), group.bootstrap().stream()))
        .map(UpstreamEndpoint::address)
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  private static boolean isOfThisHostAlone(@Nullable IpAddress host) {
    IpPrefix loopback4 = Objects.requireNonNull(IpPrefix.parse("127.0.0.0/8"));
    IpPrefix loopback6 = Objects.requireNonNull(IpPrefix.parse("::1/128"));
    return host != null && (loopback4.contains(host) || loopback6.contains(host));
  }
}
