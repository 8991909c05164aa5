package io.dotp.config;

import io.dotp.config.UpstreamEndpoint.Protocol;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads who is asked: {@code ADDR}, {@code ADDR:PORT}, {@code tls://HOST[:PORT][#NAME]}, {@code
 * https://HOST[:PORT]/PATH[#NAME]}. An IPv6 address stands in brackets where a port or a path may
 * follow.
 */
final class UpstreamReader {
  private static final String TLS = "tls://";
  private static final String HTTPS = "https://";
  private static final int TLS_PORT = 853;
  private static final int HTTPS_PORT = 443;
  private static final String DEFAULT_PATH = "/dns-query";
  private static final String SHAPES =
      "use 9.9.9.9, 9.9.9.9:5353, [2620:fe::fe]:53, tls://9.9.9.9#dns.quad9.net or"
          + " https://dns.quad9.net/dns-query";

  private final SettingReader reader;
  private final OwnPlaces own;
  private final List<UpstreamEndpoint> bootstrap;
  private final @Nullable Path caFile;

  /** The parts of an endpoint before they are judged. */
  private record Authority(String host, String port) {}

  UpstreamReader(SettingReader reader, OwnPlaces own) {
    this.reader = reader;
    this.own = own;
    this.bootstrap = new ArrayList<>();
    for (Setting given : reader.settings().all("bootstrap-host")) {
      UpstreamEndpoint server = plain(given, given.text(), SettingReader.DNS_PORT);
      if (server != null) {
        bootstrap.add(server);
      }
    }
    Setting ca = reader.settings().one("upstream-ca");
    this.caFile = ca == null ? null : reader.path(ca);
  }

  /** The servers for everything that goes nowhere else. */
  UpstreamConfig upstream() {
    return servers(
        reader,
        reader.required("upstream-host", "the DNS server that is asked, for example 9.9.9.9"));
  }

  /** The servers of a route that has some of its own. */
  UpstreamConfig ofRoute(SettingReader route) {
    return servers(route, route.settings().all("upstream-host"));
  }

  private UpstreamConfig servers(SettingReader from, List<Setting> given) {
    int port = from.port("upstream-port");
    List<UpstreamEndpoint> servers = new ArrayList<>();
    for (Setting each : given) {
      addTo(servers, endpoint(each, each.text(), port));
    }
    return new UpstreamConfig(servers, bootstrap, caFile);
  }

  /** {@code ZONE=SERVER[,SERVER...]} each. */
  List<ForwardZone> forwards() {
    List<ForwardZone> zones = new ArrayList<>();
    for (Setting given : reader.settings().all("forward")) {
      String text = given.text();
      int equals = text.indexOf('=');
      if (equals <= 0 || equals == text.length() - 1) {
        reader.mistake(given, "'" + text + "' is not like lan=192.168.1.1");
        continue;
      }
      DomainName zone = reader.name(given, text.substring(0, equals));
      List<UpstreamEndpoint> servers = new ArrayList<>();
      for (String server : text.substring(equals + 1).split(",", -1)) {
        addTo(servers, endpoint(given, server, SettingReader.DNS_PORT));
      }
      if (zone != null) {
        zones.add(new ForwardZone(zone, new UpstreamConfig(servers, bootstrap, caFile)));
      }
    }
    return zones;
  }

  private static void addTo(List<UpstreamEndpoint> servers, @Nullable UpstreamEndpoint server) {
    if (server != null && !servers.contains(server)) {
      servers.add(server);
    }
  }

  private @Nullable UpstreamEndpoint endpoint(Setting given, String text, int port) {
    if (text.startsWith(TLS)) {
      return encrypted(given, text, Protocol.TLS, text.substring(TLS.length()));
    }
    if (text.startsWith(HTTPS)) {
      return encrypted(given, text, Protocol.HTTPS, text.substring(HTTPS.length()));
    }
    return plain(given, text, port);
  }

  private @Nullable UpstreamEndpoint plain(Setting given, String text, int preset) {
    IpAddress bare = SettingReader.address(text);
    if (bare != null) {
      return usable(given, bare, preset) ? UpstreamEndpoint.plain(bare, preset) : null;
    }
    Authority authority = authority(text);
    IpAddress address = authority == null ? null : SettingReader.address(authority.host);
    int port = authority == null ? -1 : SettingReader.port(authority.port, preset);
    if (address == null || port < 0) {
      reader.mistake(given, "'" + text + "' is no DNS server: " + SHAPES);
      return null;
    }
    return usable(given, address, port) ? UpstreamEndpoint.plain(address, port) : null;
  }

  private boolean usable(Setting given, IpAddress address, int port) {
    String fault = own.fault(address, port);
    if (fault != null) {
      reader.mistake(given, fault);
    }
    return fault == null;
  }

  private @Nullable UpstreamEndpoint encrypted(
      Setting given, String text, Protocol protocol, String rest) {
    int hash = rest.indexOf('#');
    String location = hash < 0 ? rest : rest.substring(0, hash);
    int slash = location.indexOf('/');
    String path = slash < 0 ? "" : location.substring(slash);
    Authority authority = authority(slash < 0 ? location : location.substring(0, slash));
    int preset = protocol == Protocol.TLS ? TLS_PORT : HTTPS_PORT;
    int port = authority == null ? -1 : SettingReader.port(authority.port, preset);
    if (authority == null || port < 0 || protocol == Protocol.TLS && !path.isEmpty()) {
      reader.mistake(given, "'" + text + "' is no DNS server: " + SHAPES);
      return null;
    }
    if (protocol == Protocol.HTTPS && path.isEmpty()) {
      path = DEFAULT_PATH;
    }
    String named = hash < 0 ? authority.host : rest.substring(hash + 1);
    IpAddress address = SettingReader.address(authority.host);
    String tlsName = SettingReader.address(named) == null ? hostName(given, named) : named;
    if (tlsName == null || address != null && !usable(given, address, port)) {
      return null;
    }
    if (address != null) {
      return new UpstreamEndpoint(protocol, address, null, port, tlsName, path);
    }
    String host = hostName(given, authority.host);
    if (host != null && bootstrap.isEmpty()) {
      reader.mistake(
          given,
          "'" + text + "' needs --bootstrap-host, a plain DNS server that tells where it is");
      return null;
    }
    return host == null ? null : new UpstreamEndpoint(protocol, null, host, port, tlsName, path);
  }

  private @Nullable String hostName(Setting given, String text) {
    DomainName name = reader.name(given, text);
    return name == null ? null : name.toString();
  }

  /** {@code HOST}, {@code HOST:PORT}, {@code [V6]} or {@code [V6]:PORT}; null for anything else. */
  private static @Nullable Authority authority(String text) {
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      String inside = close < 0 ? "" : text.substring(1, close);
      String behind = close < 0 ? "" : text.substring(close + 1);
      IpAddress address = IpAddress.parse(inside);
      boolean bracketed = address != null && address.family() == Family.IPV6;
      return bracketed && (behind.isEmpty() || behind.startsWith(":") && behind.length() > 1)
          ? new Authority(inside, behind.isEmpty() ? "" : behind.substring(1))
          : null;
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new Authority(text, "");
    }
    boolean once = text.indexOf(':', colon + 1) < 0 && colon < text.length() - 1;
    return once ? new Authority(text.substring(0, colon), text.substring(colon + 1)) : null;
  }
}
