package io.dotp.dns.upstream;

import io.dotp.config.UpstreamConfig;
import io.dotp.config.UpstreamEndpoint;
import io.dotp.config.UpstreamEndpoint.Protocol;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.UpstreamMetrics;
import io.dotp.name.DomainName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Makes the servers of all groups, each with an index of its own. Thread: one at a time. */
final class ServerFactory {
  private final UpstreamTimings timings;
  private final Predicate<IpAddress> shares;
  private final UpstreamMetrics metrics;
  private final LongSupplier nanoClock;
  private @Nullable Executor handshakeThreads;
  private int count;

  ServerFactory(
      UpstreamTimings timings,
      Predicate<IpAddress> shares,
      UpstreamMetrics metrics,
      LongSupplier nanoClock) {
    this.timings = timings;
    this.shares = shares;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  /**
   * @throws UncheckedIOException when the file of trusted certificates is of no use
   */
  List<UpstreamServer> servers(UpstreamConfig config) {
    boolean encrypted = config.servers().stream().anyMatch(each -> each.protocol() != Protocol.DNS);
    TlsClient tls = encrypted ? tls(config) : null;
    List<UpstreamServer> bootstrap = new ArrayList<>();
    if (encrypted) {
      config.bootstrap().forEach(each -> bootstrap.add(server(each, null)));
    }
    List<UpstreamServer> servers = new ArrayList<>();
    for (UpstreamEndpoint each : config.servers()) {
      servers.add(server(each, tlsWay(each, tls, bootstrap)));
    }
    return servers;
  }

  private TlsClient tls(UpstreamConfig config) {
    Executor work = handshakeThreads;
    if (work == null) {
      work = TlsClient.handshakeThreads();
      handshakeThreads = work;
    }
    try {
      return TlsClient.of(config.caFile(), work);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static UpstreamServer.@Nullable TlsWay tlsWay(
      UpstreamEndpoint endpoint, @Nullable TlsClient tls, List<UpstreamServer> bootstrap) {
    if (tls == null || endpoint.protocol() == Protocol.DNS) {
      return null;
    }
    String host = endpoint.host();
    HostAddresses addresses =
        host == null ? null : new HostAddresses(DomainName.parse(host), endpoint.port(), bootstrap);
    return new UpstreamServer.TlsWay(tls, addresses);
  }

  private UpstreamServer server(UpstreamEndpoint endpoint, UpstreamServer.@Nullable TlsWay tlsWay) {
    IpAddress address = endpoint.address();
    boolean sharesSockets = tlsWay == null && address != null && shares.test(address);
    return new UpstreamServer(
        count++, endpoint, tlsWay, sharesSockets, timings, metrics, nanoClock.getAsLong());
  }
}
