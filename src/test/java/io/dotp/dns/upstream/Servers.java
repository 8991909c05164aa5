package io.dotp.dns.upstream;

import io.dotp.config.UpstreamConfig;
import io.dotp.config.UpstreamEndpoint;
import io.dotp.config.UpstreamEndpoint.Protocol;
import io.dotp.ip.IpAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Configurations of one server each. */
final class Servers {
  static final String NAME = "dns.example.test";

  private Servers() {}

  static UpstreamConfig tls(int port, String name, Path caFile) {
    return config(endpoint(Protocol.TLS, port, name, ""), caFile);
  }

  static UpstreamConfig https(int port, String name, Path caFile) {
    return config(endpoint(Protocol.HTTPS, port, name, "/dns-query"), caFile);
  }

  static UpstreamEndpoint endpoint(Protocol protocol, int port, String name, String path) {
    return new UpstreamEndpoint(protocol, local(), null, port, name, path);
  }

  static UpstreamConfig tlsByHost(int port, int bootstrapPort, Path caFile) {
    return new UpstreamConfig(
        List.of(new UpstreamEndpoint(Protocol.TLS, null, NAME, port, NAME, "")),
        List.of(UpstreamEndpoint.plain(local(), bootstrapPort)),
        caFile);
  }

  private static UpstreamConfig config(UpstreamEndpoint server, Path caFile) {
    return new UpstreamConfig(List.of(server), List.of(), caFile);
  }

  static IpAddress local() {
    return Objects.requireNonNull(IpAddress.parse("127.0.0.1"));
  }
}
