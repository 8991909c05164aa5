package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which table to work in.
 *
 * @param table name of the {@code inet} table: a letter, then letters, digits, {@code _}, {@code .}
 *     or {@code /}
 * @param rules what the rules of a managed table do, and with which pools
 * @param usedTimeout how long a managed table remembers that traffic used a fake; whole seconds, at
 *     least one
 */
public record TableSpec(String table, KernelRules rules, Duration usedTimeout) {
  /** What the shipped file says. */
  public static final Duration USED_TIMEOUT = Duration.ofMinutes(2);

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_./]{0,63}");

  /** Below this a table would differ from the shipped file for nothing. */
  private static final int SMALLEST_SIZE = 65_536;

  /** A plain hash takes its buckets at once: 4 MB for this many. */
  private static final int LARGEST_SIZE = 262_144;

  public TableSpec {
    if (!NAME.matcher(table).matches()) {
      throw new IllegalArgumentException("table name " + table);
    }
    if (usedTimeout.toSeconds() < 1) {
      throw new IllegalArgumentException("timeout " + usedTimeout);
    }
  }

  /** Fakes are rewritten and nothing else, with the timeout of the shipped file. */
  public TableSpec(String table, List<IpPrefix> pools) {
    this(table, KernelRules.plain(pools), USED_TIMEOUT);
  }

  /** The same table with other rules. */
  TableSpec with(KernelRules otherRules) {
    return new TableSpec(table, otherRules, usedTimeout);
  }

  /** The pools of all routes, in any order. */
  public List<IpPrefix> pools() {
    return rules.prefixes();
  }

  /** Pools of one family, none inside another. */
  List<IpPrefix> poolsOf(Family family) {
    return IpPrefix.widest(pools().stream().filter(pool -> pool.family() == family).toList());
  }

  boolean uses(Family family) {
    return pools().stream().anyMatch(pool -> pool.family() == family);
  }

  /** Size of a managed table's sets: room for the pools, within reason. */
  int size(Family family) {
    long addresses = 0;
    for (IpPrefix pool : poolsOf(family)) {
      addresses += 1L << Math.min(pool.hostBits(), 32);
    }
    return (int) Math.max(SMALLEST_SIZE, Math.min(addresses, LARGEST_SIZE));
  }
}
