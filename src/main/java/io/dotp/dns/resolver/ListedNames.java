package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.name.WireName;
import io.dotp.policy.Policy;
import io.dotp.policy.UpstreamChoice;
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
    RouteId own = policy.decide(name);
    return own == null ? memory.route(name) : own;
  }

  /** Whether any route steers {@code name}. */
  @Override
  public boolean test(WireName name) {
    return route(name) != null;
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
