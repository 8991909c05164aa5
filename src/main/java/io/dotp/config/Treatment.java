package io.dotp.config;

/** What becomes of the names of a route and of traffic to its pools. */
public enum Treatment {
  /** The kernel rewrites fakes to real addresses. */
  NAT,
  /** Traffic to fakes is handed to a transparent proxy on the gateway. */
  PROXY,
  /** The query is answered with an RCODE of the route's own, nobody is asked. */
  REFUSE,
  /** The real answer, unchanged: exceptions from broader routes. */
  PASS;

  /** Whether names of such a route are answered with fakes. */
  public boolean hasFakes() {
    return this == NAT || this == PROXY;
  }
}
