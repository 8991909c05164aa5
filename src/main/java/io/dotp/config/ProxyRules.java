package io.dotp.config;

/**
 * How traffic to the pools of a route reaches the transparent proxy on the gateway.
 *
 * @param inbound which traffic, and how it is handed over
 * @param port where the proxy listens, 1 to 65535
 * @param failMode what becomes of traffic that nobody takes
 */
public record ProxyRules(Inbound inbound, int port, FailMode failMode) {
  /** How a packet comes to the proxy. */
  public enum Inbound {
    /** TCP by a rewritten destination; all else goes direct. */
    REDIRECT,
    /** TCP and UDP with the destination as it is; ping goes direct. */
    TPROXY
  }

  /** What happens while nobody listens. */
  public enum FailMode {
    /** The packet is rejected. */
    CLOSED,
    /** The kernel rewrites fake to real, as for a route without a proxy. Only with tproxy. */
    OPEN
  }
}
