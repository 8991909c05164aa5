package io.dotp.lists;

import io.dotp.name.DomainName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all rules of all routes say about a name.
 *
 * @param decisive the rule that decides for the client that was asked about, null for none
 * @param matches the best first; not all of them when there are many
 */
public record ListLookup(DomainName name, @Nullable RuleMatch decisive, List<RuleMatch> matches) {
  public ListLookup {
    matches = List.copyOf(matches);
  }
}
