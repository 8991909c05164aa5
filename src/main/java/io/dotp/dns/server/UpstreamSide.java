package io.dotp.dns.server;

import io.dotp.name.WireName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Predicate;

/**
 * What the front end must know of the other side, so that no query runs in a circle. Thread: any.
 *
 * @param ownSocket whether a query came from one of our own upstream sockets; its address is known
 *     to be one of this machine
 */
public record UpstreamSide(Predicate<InetSocketAddress> ownSocket, Asking asking) {
  /** Whether a query came from a server that we are asking the same at this moment. */
  @FunctionalInterface
  public interface Asking {
    /**
     * @param source an address that is not one of this machine's
     */
    boolean test(InetAddress source, WireName qname, int qtype, int qclass);
  }
}
