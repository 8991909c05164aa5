package io.dotp.lists;

import io.dotp.name.DomainName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all rules of all routes say about a name.
 *
 * @param decisive the rule that decides for the client that was asked about, null for none
 * @param matches the best first; not all of them when there are many
 * @param routes names of those that this client has, in order
 * @param otherRoutes names of those that only certain other clients have
 */
public record ListLookup(
    DomainName name,
    @Nullable RuleMatch decisive,
    List<RuleMatch> matches,
    List<String> routes,
    List<String> otherRoutes) {
  public ListLookup {
    matches = List.copyOf(matches);
    routes = List.copyOf(routes);
    otherRoutes = List.copyOf(otherRoutes);
  }
}
