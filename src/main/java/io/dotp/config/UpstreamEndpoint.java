package io.dotp.config;

import io.dotp.ip.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * One upstream server, and how it is spoken to. Exactly one of {@code address} and {@code host} is
 * there.
 *
 * @param address where it is
 * @param host a name instead, which the group's bootstrap servers resolve; not for plain DNS
 * @param port 1 to 65535
 * @param tlsName whom its certificate must name; empty for plain DNS
 * @param path of the URL, with the leading slash; empty unless it speaks HTTPS
 */
public record UpstreamEndpoint(
    Protocol protocol,
    @Nullable IpAddress address,
    @Nullable String host,
    int port,
    String tlsName,
    String path) {
  /** How queries travel. */
  public enum Protocol {
    /** UDP, and TCP when that is not enough. */
    DNS,
    /** DNS over TLS, RFC 7858. */
    TLS,
    /** DNS over HTTPS, RFC 8484. */
    HTTPS
  }

  /** A plain DNS server. */
  public static UpstreamEndpoint plain(IpAddress address, int port) {
    return new UpstreamEndpoint(Protocol.DNS, address, null, port, "", "");
  }
}
