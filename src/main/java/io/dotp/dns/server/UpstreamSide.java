package io.dotp.dns.server;

import io.dotp.name.WireName;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * What the front end must know of the other side, so that no query runs in a circle. Thread: any.
 */
public interface UpstreamSide {
  /**
   * Whether a query came from one of our own upstream sockets.
   *
   * @param source its address is known to be one of this machine
   */
  boolean isOwnSocket(InetSocketAddress source);

  /**
   * Whether a query came from a server that we are asking the same at this moment.
   *
   * @param source an address that is not one of this machine's
   */
  boolean isAsking(InetAddress source, WireName qname, int qtype, int qclass);
}
