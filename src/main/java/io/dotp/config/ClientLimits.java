package io.dotp.config;

/**
 * What one client may take of the pools, so that it cannot empty them for the others. Only a fake
 * that is newly chosen counts, neither a renewal nor one that comes back from its rest.
 *
 * @param fakesPerMinute new mappings in a minute, 0 for any number
 * @param poolSharePercent part of a pool, 1 to 100, where 100 stands for no limit
 */
public record ClientLimits(int fakesPerMinute, int poolSharePercent) {
  /** When nothing is said. */
  public static final ClientLimits PRESET = new ClientLimits(4096, 25);

  /** Everybody may take everything. */
  public static final ClientLimits NONE = new ClientLimits(0, 100);
}
