package io.dotp.nat;

import io.dotp.nat.mapping.Mapping;
import java.util.List;

/** The thinnest form that carries the main path. */
public record AcquireResult(List<Outcome> outcomes) {
  /** See the type around it. */
  public sealed interface Outcome {}

  /** See the type around it. */
  public record Mapped(Mapping mapping) implements Outcome {}

  /** See the type around it. */
  public record Refused(Cause cause) implements Outcome {}

  /** See the type around it. */
  public enum Cause {
    POOL_EXHAUSTED,
    KERNEL_REFUSED,
    OVERLOADED,
    COMMIT_LATE,
    NO_POOL,
    STOPPING
  }
}
