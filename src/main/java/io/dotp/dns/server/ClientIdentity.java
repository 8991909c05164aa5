package io.dotp.dns.server;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.net.OwnAddresses;
import java.util.function.Supplier;

/**
 * What counts as one client where clients share something: an IPv4 address; an IPv6 address of an
 * attached network, because all hosts of a LAN have their addresses in one /64; the /64 of any
 * other IPv6 address, because all of it belongs to one host or one household. Thread: any.
 */
final class ClientIdentity {
  private static final IpPrefix LOOPBACK = new IpPrefix(IpAddress.ofIpv4(0x7f00_0000), 8);

  private static final IpPrefix LINK_LOCAL =
      new IpPrefix(IpAddress.ofIpv6(0xfe80_0000_0000_0000L, 0), 10);

  private final Supplier<OwnAddresses> own;

  ClientIdentity(Supplier<OwnAddresses> own) {
    this.own = own;
  }

  /**
   * @param client not IPv4-mapped
   */
  IpAddress of(IpAddress client) {
    if (client.family() == Family.IPV4
        || LINK_LOCAL.contains(client)
        || own.get().isAttached(client)) {
      return client;
    }
    return IpAddress.ofIpv6(client.high(), 0);
  }

  /**
   * Whether it is a program on the gateway itself: a resolver there asks for everybody, so what one
   * client may do is no measure for it.
   *
   * @param client not IPv4-mapped
   */
  boolean isGateway(IpAddress client) {
    return LOOPBACK.contains(client) || own.get().addresses().contains(client);
  }
}
