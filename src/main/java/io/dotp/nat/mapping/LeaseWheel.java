package io.dotp.nat.mapping;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the mappings whose lease ran out, up to a tick late and never early. A renewal does not
 * touch the wheel: a mapping is looked at when the deadline that it was entered with has passed,
 * and is entered again if it was renewed since. So an answer costs the wheel nothing, and a mapping
 * is moved once a lease. Thread: nat.
 */
public final class LeaseWheel {
  /** Length of a tick: 1 s. */
  public static final long TICK_NANOS = 1_000_000_000L;

  private static final int MOST_SLOTS = 4096;

  private final long originNanos;
  private final MappingList[] slots;

  /**
   * The tick whose slot is emptied next; every mapping is entered for a later one than the last.
   */
  private long tick = 1;

  /**
   * @param leaseNanos longest lease; longer ones cost an extra look on the way
   */
  public LeaseWheel(long nowNanos, long leaseNanos) {
    originNanos = nowNanos;
    long wanted = Math.min(leaseNanos / TICK_NANOS + 2, MOST_SLOTS);
    slots = new MappingList[Integer.highestOneBit((int) wanted - 1) << 1];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new MappingList();
    }
  }

  /** Enters a live mapping at its present deadline. */
  public void add(Mapping mapping) {
    long due = Math.floorDiv(mapping.deadline() - originNanos, TICK_NANOS) + 1;
    slot(Math.max(tick, Math.min(due, tick + slots.length - 1))).append(mapping);
  }

  /**
   * Looks at the mappings whose tick has come, and takes those out whose deadline has passed.
   *
   * @param budget mappings to look at, at most
   * @param due gets what was taken out; must {@link #add} it again if it was renewed meanwhile
   * @return what is left of the budget; 0 says that more may be due
   */
  public int advance(long nowNanos, int budget, Consumer<Mapping> due) {
    long now = Math.floorDiv(nowNanos - originNanos, TICK_NANOS);
    // After a long standstill one turn of the wheel sees everything.
    tick = Math.max(tick, now - slots.length + 1);
    int left = budget;
    while (now - tick >= 0) {
      @Nullable Mapping mapping;
      while ((mapping = slot(tick).first()) != null) {
        if (left == 0) {
          return 0;
        }
        left--;
        slot(tick).remove(mapping);
        if (mapping.deadline() - nowNanos > 0) {
          add(mapping);
        } else {
          due.accept(mapping);
        }
      }
      tick++;
    }
    return left;
  }

  /** Time until the next slot can be due; 0 when it is. */
  public long nanosToNextTick(long nowNanos) {
    return Math.max(0, originNanos + tick * TICK_NANOS - nowNanos);
  }

  /** Mappings in the wheel. Walks over the slots. */
  public int size() {
    int size = 0;
    for (MappingList slot : slots) {
      size += slot.size();
    }
    return size;
  }

  private MappingList slot(long tick) {
    return slots[(int) (tick & slots.length - 1)];
  }
}
