package io.dotp.config;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel does for all routes together.
 *
 * @param tproxy how packets for a tproxy inbound stay on this host
 * @param capture whose DNS is answered here whomever they ask, null for nobody's
 */
public record HostRules(TproxyRouting tproxy, @Nullable DnsCapture capture) {
  /** When nothing is said. */
  public static final HostRules PRESET = new HostRules(TproxyRouting.PRESET, null);

  /**
   * The routing rule for packets that a tproxy inbound takes.
   *
   * @param mark bits of the packet mark that are set, within {@code mask}
   * @param mask bits of the packet mark that tell such packets
   * @param table number of the routing table that delivers them to this host
   */
  public record TproxyRouting(int mark, int mask, int table) {
    /** A bit that no widespread program uses, and a table number out of the usual range. */
    public static final TproxyRouting PRESET = new TproxyRouting(0x1000_0000, 0x1000_0000, 10_053);
  }

  /**
   * DNS that is answered here, whatever server the client asks.
   *
   * @param clients whose; none of them overlaps another
   * @param resolvers servers that we ask ourselves: whom they ask is their business
   * @param hosts where we listen; a wildcard address for all addresses of its family
   * @param port of the listeners
   */
  public record DnsCapture(
      List<IpPrefix> clients, List<IpAddress> resolvers, List<IpAddress> hosts, int port) {
    public DnsCapture {
      clients = List.copyOf(clients);
      resolvers = List.copyOf(resolvers);
      hosts = List.copyOf(hosts);
    }
  }
}
