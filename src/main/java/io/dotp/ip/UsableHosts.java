package io.dotp.ip;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The host numbers of a prefix that may be given to somebody, unsigned and from 1 on: neither the
 * network's own number nor the broadcast address of IPv4, and nothing that is reserved. A prefix
 * with more than 64 host bits is used up to its first /64.
 */
public final class UsableHosts {
  /** Reserved hosts from one to another, both included, unsigned. */
  private record Range(long first, long last) {}

  private final long highest;
  private final long count;

  /** In order, apart from each other, within 1 to {@link #highest}. */
  private final List<Range> reserved;

  /**
   * @param reserve of any family; what lies outside of {@code prefix} means nothing
   */
  public UsableHosts(IpPrefix prefix, List<IpPrefix> reserve) {
    highest = highest(prefix);
    reserved = merged(ranges(prefix, reserve));
    long left = highest;
    for (Range range : reserved) {
      left -= range.last - range.first + 1;
    }
    count = left;
  }

  private static long highest(IpPrefix prefix) {
    if (prefix.hostBits() >= Long.SIZE) {
      return -1L;
    }
    long all = 1L << prefix.hostBits();
    return Math.max(0, prefix.family() == Family.IPV4 ? all - 2 : all - 1);
  }

  private List<Range> ranges(IpPrefix prefix, List<IpPrefix> reserve) {
    long ofHost = prefix.hostBits() >= Long.SIZE ? -1L : (1L << prefix.hostBits()) - 1;
    boolean beyond = prefix.hostBits() > Long.SIZE;
    IpPrefix used = beyond ? new IpPrefix(prefix.network(), Long.SIZE) : prefix;
    List<Range> ranges = new ArrayList<>();
    for (IpPrefix each : reserve) {
      if (highest == 0 || each.family() != prefix.family() || !each.overlaps(used)) {
        continue;
      }
      boolean whole = each.length() <= used.length();
      long first = whole ? 0 : each.network().low() & ofHost;
      long size = whole || each.hostBits() >= Long.SIZE ? ofHost : (1L << each.hostBits()) - 1;
      long from = first == 0 ? 1 : first;
      long to = Long.compareUnsigned(first + size, highest) > 0 ? highest : first + size;
      if (Long.compareUnsigned(from, to) <= 0) {
        ranges.add(new Range(from, to));
      }
    }
    return ranges;
  }

  private static List<Range> merged(List<Range> ranges) {
    ranges.sort(Comparator.comparing(Range::first, Long::compareUnsigned));
    List<Range> merged = new ArrayList<>();
    for (Range next : ranges) {
      Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && Long.compareUnsigned(next.first, last.last) <= 0) {
        long end = Long.compareUnsigned(next.last, last.last) > 0 ? next.last : last.last;
        merged.set(merged.size() - 1, new Range(last.first, end));
      } else {
        merged.add(next);
      }
    }
    return merged;
  }

  /** The highest number that may be given out when nothing is reserved; unsigned, 0 for none. */
  public long highest() {
    return highest;
  }

  /** How many may be given out; unsigned. */
  public long count() {
    return count;
  }

  /** Whether {@code host} is set aside. */
  public boolean isReserved(long host) {
    return pastReserved(host) != host;
  }

  /**
   * The first number from {@code host} on, itself included, that is not reserved; it may be higher
   * than {@link #highest}, or 0 when the numbers end.
   */
  public long pastReserved(long host) {
    long at = host;
    for (Range range : reserved) {
      if (Long.compareUnsigned(range.first, at) <= 0 && Long.compareUnsigned(at, range.last) <= 0) {
        at = range.last + 1;
      }
    }
    return at;
  }
}
