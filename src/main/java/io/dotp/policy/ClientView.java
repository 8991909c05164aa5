package io.dotp.policy;

import java.util.BitSet;

/**
 * Which routes of one policy are there for a client. Clients with the same routes have the same
 * view, the very object, so that what is kept for one serves the others. Immutable. Thread: any.
 */
public final class ClientView {
  private final BitSet routes;

  ClientView(BitSet routes) {
    this.routes = (BitSet) routes.clone();
  }

  /** A copy. */
  BitSet routes() {
    return (BitSet) routes.clone();
  }

  boolean has(int route) {
    return routes.get(route);
  }
}
