package io.dotp.nat.mapping;

import io.dotp.ip.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The fakes of a pool that rest, each list in the order of time. Thread: nat. */
final class Rests {
  /** Longest time between two questions whether the flows to a fake have ended. */
  private static final long HOLD_NANOS = 10_000_000_000L;

  private final FakePool.Rest rest;
  private final MappingList resting = new MappingList();

  /** Rested long enough, but flows of the owner went on; {@code restingSince} is the last look. */
  private final MappingList held = new MappingList();

  Rests(FakePool.Rest rest) {
    this.rest = rest;
  }

  void add(Mapping mapping) {
    resting.append(mapping);
  }

  void remove(Mapping mapping) {
    MappingList list = mapping.list;
    if (list == null) {
      throw new IllegalStateException("not at rest: " + mapping);
    }
    list.remove(mapping);
  }

  /** It is not asked about again for a while. */
  void hold(Mapping mapping, long nowNanos) {
    remove(mapping);
    mapping.restAgain(nowNanos);
    held.append(mapping);
  }

  /**
   * Those that have rested long enough, oldest first.
   *
   * @return at most {@code limit}, and as many again that were held before
   */
  List<Mapping> rested(long nowNanos, int limit, boolean crowded) {
    List<Mapping> rested = new ArrayList<>();
    collect(resting, nowNanos, restNanos(crowded), limit, rested);
    collect(held, nowNanos, Math.min(HOLD_NANOS, rest.fullNanos()), limit, rested);
    return rested;
  }

  private static void collect(
      MappingList from, long nowNanos, long restNanos, int limit, List<Mapping> into) {
    @Nullable Mapping mapping = from.first();
    int left = limit;
    while (mapping != null && left-- > 0 && nowNanos - mapping.restingSince() >= restNanos) {
      into.add(mapping);
      mapping = mapping.next;
    }
  }

  boolean isRested(Mapping mapping, long nowNanos, boolean crowded) {
    return mapping.list == held || nowNanos - mapping.restingSince() >= restNanos(crowded);
  }

  private long restNanos(boolean crowded) {
    return crowded ? rest.crowdedNanos() : rest.fullNanos();
  }

  /**
   * Takes what lies in {@code prefix} out of the lists of others.
   *
   * @param move told of each one while it is in no list
   */
  void takeOver(Rests others, IpPrefix prefix, Consumer<Mapping> move) {
    takeOver(others.held, held, prefix, move);
    takeOver(others.resting, resting, prefix, move);
  }

  /** The head of a list decides whether any behind it is looked at. */
  private static void takeOver(
      MappingList from, MappingList into, IpPrefix prefix, Consumer<Mapping> move) {
    List<Mapping> both = new ArrayList<>();
    for (@Nullable Mapping each = from.first(); each != null; each = each.next) {
      if (prefix.contains(each.fake())) {
        both.add(each);
      }
    }
    if (both.isEmpty()) {
      return;
    }
    for (Mapping each : both) {
      from.remove(each);
      move.accept(each);
    }
    for (@Nullable Mapping each = into.first(); each != null; each = into.first()) {
      into.remove(each);
      both.add(each);
    }
    // By subtraction, as the clock wants it.
    both.sort((one, two) -> Long.signum(one.restingSince() - two.restingSince()));
    both.forEach(into::append);
  }
}
