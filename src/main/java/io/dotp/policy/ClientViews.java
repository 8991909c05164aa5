package io.dotp.policy;

import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The views of all clients: one for each set of routes that some client has. There are no more of
 * them than prefixes divide the clients into. Thread: any.
 */
final class ClientViews {
  /*
   * A binary tree with a level for each route that is not for everybody; the way down goes by
   * whether the route serves the client. Branches are made when a client first needs them; two
   * threads that make the same one at once is why the making is synchronized.
   */

  private final List<AccessList> restrictions = new ArrayList<>();
  private final List<Integer> restricted = new ArrayList<>();
  private final Branch root;

  /** What is known of a client when the first few restrictions have been looked at. */
  private static final class Branch {
    private final ClientView view;
    private volatile @Nullable Branch served;
    private volatile @Nullable Branch passedOver;

    private Branch(BitSet routes) {
      this.view = new ClientView(routes);
    }
  }

  /**
   * @param clients of each route, null for everybody
   */
  ClientViews(List<@Nullable AccessList> clients) {
    BitSet everybodys = new BitSet();
    for (int route = 0; route < clients.size(); route++) {
      AccessList list = clients.get(route);
      if (list == null) {
        everybodys.set(route);
      } else {
        restrictions.add(list);
        restricted.add(route);
      }
    }
    root = new Branch(everybodys);
  }

  /** Whether all clients have all routes. */
  boolean isUniform() {
    return restrictions.isEmpty();
  }

  /** Of a client of whom nothing is known. */
  ClientView unknown() {
    return root.view;
  }

  /** Allocates nothing but for the first client of a kind. */
  ClientView of(IpAddress client) {
    Branch at = root;
    for (int i = 0; i < restrictions.size(); i++) {
      boolean serves = restrictions.get(i).allows(client);
      Branch next = serves ? at.served : at.passedOver;
      at = next == null ? grow(at, restricted.get(i), serves) : next;
    }
    return at.view;
  }

  private synchronized Branch grow(Branch at, int route, boolean serves) {
    Branch known = serves ? at.served : at.passedOver;
    if (known != null) {
      return known;
    }
    BitSet routes = at.view.routes();
    routes.set(route, serves);
    Branch grown = new Branch(routes);
    if (serves) {
      at.served = grown;
    } else {
      at.passedOver = grown;
    }
    return grown;
  }
}
