package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.dotp.policy.Policy;
import io.dotp.policy.UpstreamChoice;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a name is to us: who steers it, and who is asked for it. Thread: any. */
public final class ListedNames implements Predicate<WireName> {
  /** Room for the generations of one configuration. */
  private static final int EPOCH_SHIFT = 40;

  private final Policy policy;
  private final AliasMemory memory;
  private final UpstreamChoice choice;

  /** How often the names have been replaced. */
  private final long epoch;

  public ListedNames(Policy policy, AliasMemory memory, UpstreamChoice choice) {
    this(policy, memory, choice, 0);
  }

  private ListedNames(Policy policy, AliasMemory memory, UpstreamChoice choice, long epoch) {
    this.policy = policy;
    this.memory = memory;
    this.choice = choice;
    this.epoch = epoch;
  }

  /** Other names, with what aliases of those have left that are still listed. */
  public ListedNames with(Policy other) {
    return new ListedNames(other, memory, choice, epoch + 1);
  }

  /** The route that steers {@code name}: its own listing beats what an alias has left. */
  public @Nullable RouteId route(WireName name) {
    RouteId own = own(name);
    return own == null ? remembered(name) : own;
  }

  /** The route that lists {@code name}. */
  public @Nullable RouteId own(WireName name) {
    return policy.decide(name);
  }

  /** The route that steers {@code name} because an alias of a listed name led to it. */
  public @Nullable RouteId remembered(WireName name) {
    return memory.route(name, this::steers);
  }

  /** Whether an alias of {@code root} still leads on: it may have been taken off the list. */
  private boolean steers(RouteId route, DomainName root) {
    return epoch == 0 || route.equals(policy.decide(root.toWireName()));
  }

  /**
   * Steers the targets of aliases from now on, for as long as a client may keep the aliases.
   *
   * @return how much {@link #generation} has grown by that
   */
  int remember(List<InheritedAlias> aliases) {
    int news = 0;
    for (InheritedAlias alias : aliases) {
      DomainName root = root(alias);
      // Without one, what led here has run out at this very moment.
      if (root != null
          && memory.remember(
              alias.target(), alias.route(), root, alias.ttlSeconds(), this::steers)) {
        news++;
      }
    }
    return news;
  }

  /** The listed name that an alias goes back to, if need be by way of earlier aliases. */
  private @Nullable DomainName root(InheritedAlias alias) {
    byte[] wire = alias.root().toWireCanonical();
    DomainName root = DomainName.ofCanonical(wire, wire.length);
    boolean listed = alias.route().equals(policy.decide(root.toWireName()));
    return listed ? root : memory.root(root, alias.route(), this::steers);
  }

  /** Whether any route steers {@code name}. */
  @Override
  public boolean test(WireName name) {
    return route(name) != null;
  }

  /** Whether a route lists {@code name} or a forward zone covers it. */
  public boolean isClaimed(WireName name) {
    return test(name) || (!choice.isTrivial() && choice.isForwarded(name));
  }

  /** Index of the group of upstream servers that is asked for {@code name}. */
  int group(WireName name) {
    return choice.isTrivial() ? 0 : choice.group(name, route(name));
  }

  /** Changes whenever a name becomes listed, and with every other configuration. */
  long generation() {
    return (epoch << EPOCH_SHIFT) + memory.generation();
  }
}
