package io.dotp.dns.server;

import io.dotp.config.DnsConfig;
import io.dotp.dns.message.QueryView;
import io.dotp.dns.resolver.FailureCause;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.WarningGate;
import io.dotp.net.OwnAddresses;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may ask. Thread: any. */
final class Admission {
  private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

  private final DnsConfig config;
  private final Supplier<OwnAddresses> own;
  private final UpstreamSide upstream;
  private final WarningGate warnings = new WarningGate();

  Admission(DnsConfig config, Supplier<OwnAddresses> own, UpstreamSide upstream) {
    this.config = config;
    this.own = own;
    this.upstream = upstream;
  }

  /**
   * Why this client gets no answer, null when it does.
   *
   * @param address that of {@code client}, not IPv4-mapped; an IPv4 address embedded in any other
   *     way (6to4, NAT64) allows nothing, because anybody can choose it
   */
  @Nullable FailureCause refusal(IpAddress address, InetSocketAddress client) {
    boolean allowed =
        config.allowClients().allows(address)
            || (config.attachedClients() && own.get().isAttached(address));
    if (!allowed) {
      return FailureCause.CLIENT_DENIED;
    }
    boolean ours = upstream.ownSocket().test(client) && own.get().addresses().contains(address);
    return ours ? FailureCause.LOOP : null;
  }

  /**
   * Whether a server that we ask has sent the question back to us: it forwards here what we forward
   * there.
   *
   * @param address that of {@code client}, not IPv4-mapped
   * @param query readable
   */
  boolean isEcho(IpAddress address, InetSocketAddress client, QueryView query, long nowNanos) {
    boolean echo =
        upstream.asking().test(client.getAddress(), query.name(), query.qtype(), query.qclass())
            && !own.get().addresses().contains(address);
    if (echo) {
      warnings.pass(
          nowNanos,
          suppressed ->
              LOG.warn(
                  "an upstream server asks us what we ask it server={} suppressed={} remedy=\"let"
                      + " it forward to another server than dotp\"",
                  address,
                  suppressed));
    }
    return echo;
  }
}
