package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.name.WireName;
import io.dotp.policy.Policy;
import io.dotp.policy.UpstreamChoice;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a name is to us: who steers it, and who is asked for it. Thread: any. */
public final class ListedNames implements Predicate<WireName> {
  private final Policy policy;
  private final AliasMemory memory;
  private final UpstreamChoice choice;

  public ListedNames(Policy policy, AliasMemory memory, UpstreamChoice choice) {
    this.policy = policy;
    this.memory = memory;
    this.choice = choice;
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
    return memory.route(name);
  }

  /**
   * Steers the targets of aliases from now on, for as long as a client may keep the aliases.
   *
   * @return how much {@link #generation} has grown by that
   */
  int remember(List<InheritedAlias> aliases) {
    int news = 0;
    for (InheritedAlias alias : aliases) {
      news += memory.remember(alias.target(), alias.route(), alias.ttlSeconds()) ? 1 : 0;
    }
    return news;
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

  /** Changes whenever a name becomes listed. */
  long generation() {
    return memory.generation();
  }
}
