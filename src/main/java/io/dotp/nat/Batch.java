package io.dotp.nat;

import io.dotp.nat.mapping.Mapping;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one cycle does for those who wait. Thread: nat. */
final class Batch {
  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

  /** Addresses looked at in one cycle; most of them are mapped by an earlier one. */
  private static final int MOST_ADDRESSES = 4 * NatWriter.BATCH;

  /** Mappings that the kernel is to take. */
  final List<Mapping> fresh = new ArrayList<>();

  /** Addresses that stand or fall with the transaction. */
  final List<Claim> claims = new ArrayList<>();

  /** Requests that are complete when the transaction is through. */
  final List<AcquireRequest> requests = new ArrayList<>();

  int addresses;

  /** One address of a request, and the pending mapping that it waits for. */
  record Claim(AcquireRequest request, int index, Mapping mapping) {}

  boolean isFull() {
    return fresh.size() >= NatWriter.BATCH || addresses >= MOST_ADDRESSES;
  }

  /** Tells the waiting, with one task for each loop. */
  void deliver() {
    IdentityHashMap<ScheduledExecutorService, List<AcquireRequest>> byLoop =
        new IdentityHashMap<>();
    for (AcquireRequest request : requests) {
      byLoop.computeIfAbsent(request.loop(), loop -> new ArrayList<>()).add(request);
    }
    byLoop.forEach(
        (loop, finished) -> {
          try {
            loop.execute(() -> finished.forEach(AcquireRequest::finish));
          } catch (RejectedExecutionException e) {
            LOG.info("nobody to tell, the loop has stopped requests={}", finished.size());
          }
        });
  }
}
