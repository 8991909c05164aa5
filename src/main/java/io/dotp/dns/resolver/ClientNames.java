package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.config.Treatment;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.dotp.policy.ClientView;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What names are to the clients with one view: which route has them, what becomes of them, and who
 * is asked. One object for each view, for as long as the names stay. Thread: any.
 */
public final class ClientNames implements Predicate<WireName> {
  private final ListedNames all;
  private final ClientView view;
  private final BiPredicate<RouteId, DomainName> leads = this::leads;
  private final Predicate<WireName> claimed = this::isClaimed;
  private final RewriteRules.Names forRewrite =
      new RewriteRules.Names(this::listing, this::remembered);

  ClientNames(ListedNames all, ClientView view) {
    this.all = all;
    this.view = view;
  }

  /** The route that lists {@code name}, whatever becomes of it there. */
  public @Nullable RouteId own(WireName name) {
    return all.policy().decide(name, view);
  }

  /** The same for a rewrite, to which a refusal of other questions means nothing. */
  private @Nullable RouteId listing(WireName name) {
    RouteId own = own(name);
    return own == null || all.treatment(own) == Treatment.REFUSE ? null : own;
  }

  /** The route that steers {@code name} because an alias of a listed name led to it. */
  public @Nullable RouteId remembered(WireName name) {
    return all.memory().route(name, leads, all.order());
  }

  /** The route that {@code name} goes by: its own beats what an alias has left. */
  public @Nullable RouteId route(WireName name) {
    RouteId own = listing(name);
    return own == null ? remembered(name) : own;
  }

  /** Whether answers for {@code name} carry fakes. */
  @Override
  public boolean test(WireName name) {
    RouteId route = route(name);
    return route != null && all.treatment(route).hasFakes();
  }

  /** Whether an alias of {@code root} still leads on: it may have been taken off the list. */
  private boolean leads(RouteId route, DomainName root) {
    return route.equals(all.policy().decide(root.toWireName(), view))
        && all.treatment(route).hasFakes();
  }

  /**
   * Steers the targets of aliases from now on, for as long as a client may keep the aliases.
   *
   * @return how much the generation has grown by that
   */
  int remember(List<InheritedAlias> aliases) {
    int news = 0;
    for (InheritedAlias alias : aliases) {
      DomainName root = root(alias);
      // Without one, what led here has run out at this very moment.
      if (root != null && all.remember(alias, root)) {
        news++;
      }
    }
    return news;
  }

  /** The listed name that an alias goes back to, if need be by way of earlier aliases. */
  private @Nullable DomainName root(InheritedAlias alias) {
    byte[] wire = alias.root().toWireCanonical();
    DomainName root = DomainName.ofCanonical(wire, wire.length);
    boolean listed = alias.route().equals(own(root.toWireName()));
    return listed ? root : all.memory().root(root, alias.route(), leads);
  }

  /** Whether a route has {@code name} or a forward zone covers it: it is no special name then. */
  private boolean isClaimed(WireName name) {
    return own(name) != null
        || remembered(name) != null
        || (!all.choice().isTrivial() && all.choice().isForwarded(name));
  }

  /** {@link #isClaimed}, always the same object. */
  Predicate<WireName> claimed() {
    return claimed;
  }

  /** What a rewrite asks, always the same object. */
  RewriteRules.Names forRewrite() {
    return forRewrite;
  }

  /** Index of the group of upstream servers that is asked for {@code name}. */
  int group(WireName name) {
    return all.choice().isTrivial() ? 0 : all.choice().group(name, route(name));
  }
}
