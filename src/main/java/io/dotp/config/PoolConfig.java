package io.dotp.config;

import io.dotp.ip.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fakes are chosen, the same in all pools.
 *
 * @param secret decides which fake a key gets; null for the one in the state directory
 * @param reserve addresses that are never given out
 */
public record PoolConfig(
    MappingKey mappingKey,
    @Nullable PoolSecret secret,
    List<IpPrefix> reserve,
    ClientLimits clientLimits) {
  /** When nothing is said. */
  public static final PoolConfig PRESET =
      new PoolConfig(MappingKey.ADDRESS, null, List.of(), ClientLimits.PRESET);

  public PoolConfig {
    reserve = List.copyOf(reserve);
  }
}
