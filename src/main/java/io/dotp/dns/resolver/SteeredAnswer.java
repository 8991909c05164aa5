package io.dotp.dns.resolver;

import io.dotp.dns.message.StoredResponse;
import io.dotp.nat.mapping.Mapping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rewrite made of one response, to be given out again for as long as all its mappings live.
 *
 * @param rules that it was made by
 * @param generation of what was listed by then
 * @param fakeTtlSeconds upper bound of its TTL
 * @param mappings whose fakes are in it
 * @param ede INFO-CODE of an Extended DNS Error, null for none
 */
record SteeredAnswer(
    StoredResponse response,
    RewriteRules rules,
    long generation,
    int fakeTtlSeconds,
    List<Mapping> mappings,
    @Nullable Integer ede) {
  SteeredAnswer {
    mappings = List.copyOf(mappings);
  }

  /** Whether a rewrite would make the same of it now. */
  boolean isOf(RewriteRules currentRules, long currentGeneration) {
    return generation == currentGeneration && rules.isSame(currentRules);
  }
}
