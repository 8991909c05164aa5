package io.dotp.nat.usage;

import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells which fakes are in use. Requests return at once; a finished reading wakes the one who asked
 * and lies here until then. Thread: nat, for every call.
 *
 * <p>A reading begins after the request that it answers: what was in use at the time of the request
 * and still is cannot be missing. Requests of a kind that are made before their reading begins
 * share it.
 */
public interface Usage extends AutoCloseable {
  /** Asks which fakes traffic uses. */
  void requestUse();

  /** The latest reading of what is in use; null before the first. */
  @Nullable UseReading use();

  /**
   * Asks which fakes connection tracking still holds.
   *
   * @param fakes at rest: the kernel maps none of them any more, so no new flow can begin
   * @param deleteOver deletes entries of flows that are over or never began; what is left holds
   */
  void requestFlows(Collection<IpAddress> fakes, boolean deleteOver);

  /**
   * The latest reading of flows, once: null before the first and after it was taken. A newer one
   * takes the place of one that was not taken.
   */
  @Nullable FlowReading takeFlows();

  /**
   * Has entries deleted that were made while no rule rewrote: a client's packet to a fake passed as
   * it was, and conntrack would keep that client's socket from being rewritten for ever. Counted
   * and logged, no answer.
   */
  void requestDeleteUnmapped();

  /** Other pools from the next reading on. */
  void pools(List<IpPrefix> pools);

  /** Ends the reading; waits a moment for one that is under way. */
  @Override
  void close();
}
