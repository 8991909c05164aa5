package io.dotp.net;

/**
 * How a {@link ControlDatagramSocket} is made.
 *
 * @param ipv6Only whether a socket on an IPv6 address leaves IPv4 clients to others
 * @param largestPayload bytes; longer datagrams are dropped and counted
 * @param receiveBuffer bytes, beyond the system's limit for who has CAP_NET_ADMIN; 0 for the
 *     system's default
 * @param sendBuffer bytes; 0 for the system's default
 */
public record DatagramOptions(
    boolean ipv6Only, int largestPayload, int receiveBuffer, int sendBuffer) {
  /** The longest payload of a UDP datagram over IPv4. */
  public static final int LONGEST_PAYLOAD = 65_507;

  public DatagramOptions {
    if (largestPayload < 1 || receiveBuffer < 0 || sendBuffer < 0) {
      throw new IllegalArgumentException("sizes of a datagram socket");
    }
  }
}
