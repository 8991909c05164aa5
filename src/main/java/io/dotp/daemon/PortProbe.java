package io.dotp.daemon;

import io.dotp.config.DnsConfig;
import io.dotp.ip.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;

/**
 * Finds out whether our addresses are free, by binding each once without SO_REUSEPORT: with it, a
 * second process of the same user would share the port in silence and take half of the queries.
 */
final class PortProbe {
  private PortProbe() {}

  static void check(DnsConfig dns) throws StartFailure {
    for (IpAddress host : dns.hosts()) {
      InetSocketAddress address = new InetSocketAddress(host.toInetAddress(), dns.port());
      try (DatagramChannel udp = DatagramChannel.open();
          ServerSocketChannel tcp = ServerSocketChannel.open()) {
        udp.setOption(StandardSocketOptions.SO_REUSEADDR, false);
        udp.bind(address);
        tcp.bind(address);
      } catch (BindException e) {
        refuseIfTaken(host, dns.port(), e);
      } catch (IOException e) {
        throw new StartFailure(
            ExitCode.NETWORK,
            "cannot listen on " + where(host, dns.port()) + ": " + e.getMessage(),
            e);
      }
    }
  }

  private static void refuseIfTaken(IpAddress host, int port, BindException e) throws StartFailure {
    String reason = String.valueOf(e.getMessage());
    if (reason.contains("in use")) {
      throw new StartFailure(
          ExitCode.NETWORK,
          "cannot listen on "
              + where(host, port)
              + ": address in use; see who has it with"
              + " 'ss -lnup sport = :"
              + port
              + "' and 'ss -lntp sport = :"
              + port
              + "'",
          e);
    }
    if (reason.contains("denied")) {
      throw new StartFailure(
          ExitCode.NETWORK,
          "cannot listen on "
              + where(host, port)
              + ": permission denied; run as root or give"
              + " CAP_NET_BIND_SERVICE",
          e);
    }
    // EADDRNOTAVAIL: an address that comes up later is no error, IP_FREEBIND binds it.
  }

  private static String where(IpAddress host, int port) {
    return host + " port " + port;
  }
}
