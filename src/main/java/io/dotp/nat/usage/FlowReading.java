package io.dotp.nat.usage;

import io.dotp.ip.IpAddress;
import java.util.Set;

/** Which fakes conntrack entries still held when the kernel was read. */
public sealed interface FlowReading {
  /** Start of the reading, on the clock of {@code System.nanoTime}. */
  long begunNanos();

  /** What the reading was about; may be less than was asked, never more. */
  Set<IpAddress> asked();

  /**
   * Read as a whole.
   *
   * @param held those of {@code asked} that are the original destination of an entry; the others
   *     are free
   */
  record Flows(long begunNanos, Set<IpAddress> asked, Set<IpAddress> held) implements FlowReading {
    public Flows {
      asked = Set.copyOf(asked);
      held = Set.copyOf(held);
    }
  }

  /**
   * Nobody can tell.
   *
   * @param cause for the log
   */
  record Unreadable(long begunNanos, Set<IpAddress> asked, String cause) implements FlowReading {
    public Unreadable {
      asked = Set.copyOf(asked);
    }
  }
}
