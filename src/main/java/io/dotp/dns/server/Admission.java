package io.dotp.dns.server;

import io.dotp.config.DnsConfig;
import io.dotp.dns.resolver.FailureCause;
import io.dotp.ip.IpAddress;
import io.dotp.net.OwnAddresses;
import java.net.InetSocketAddress;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who may ask. Thread: any. */
final class Admission {
  private final DnsConfig config;
  private final Supplier<OwnAddresses> own;
  private final Predicate<InetSocketAddress> isOwnSocket;

  Admission(
      DnsConfig config, Supplier<OwnAddresses> own, Predicate<InetSocketAddress> isOwnSocket) {
    this.config = config;
    this.own = own;
    this.isOwnSocket = isOwnSocket;
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
    boolean ours = isOwnSocket.test(client) && own.get().addresses().contains(address);
    return ours ? FailureCause.LOOP : null;
  }
}
