package io.dotp.nat;

import io.dotp.nat.mapping.Mapping;
import java.util.List;

/**
 * What became of one acquisition.
 *
 * @param outcomes one for each real address, in the order they were asked for
 */
public record AcquireResult(List<Outcome> outcomes) {
  public AcquireResult {
    outcomes = List.copyOf(outcomes);
  }

  /** What became of one real address. */
  public sealed interface Outcome {}

  /** The kernel holds the mapping and its lease has just begun again. */
  public record Mapped(Mapping mapping) implements Outcome {}

  /** There is no mapping that may be answered. */
  public record Refused(Cause cause) implements Outcome {}

  /** Why there is none. */
  public enum Cause {
    /** Every fake of the pool, or every element of the kernel's sets, is taken. */
    POOL_EXHAUSTED,
    /** The client has as many new fakes as one client may have. */
    CLIENT_LIMIT,
    /** The kernel refused, also after what it holds was repaired. */
    KERNEL_REFUSED,
    /** Too many acquisitions wait already. */
    OVERLOADED,
    /** The kernel has not answered in time; the work goes on. */
    COMMIT_LATE,
    /** The route has no pool of this family. */
    NO_POOL,
    /** The writer is stopping. */
    STOPPING
  }
}
