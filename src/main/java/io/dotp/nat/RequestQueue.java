package io.dotp.nat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Acquisitions on their way from event loops to thread {@code dotp-nat}, bounded by the mappings
 * they want. Nobody who puts something in ever waits, not even for a lock.
 */
final class RequestQueue {
  private final Queue<AcquireRequest> requests = new ConcurrentLinkedQueue<>();
  private final AtomicInteger weight = new AtomicInteger();
  private final int limit;
  private volatile boolean closed;
  private volatile boolean woken;

  /** The reader, while it waits. */
  private volatile @Nullable Thread waiting;

  /** What became of an offer. */
  enum Offer {
    TAKEN,
    FULL,
    CLOSED
  }

  /**
   * @param limit mappings that may be waited for; one request alone may want more
   */
  RequestQueue(int limit) {
    this.limit = limit;
  }

  /** Thread: any. */
  Offer offer(AcquireRequest request) {
    int before = weight.getAndAdd(request.weight());
    if (before > 0 && before + request.weight() > limit) {
      weight.addAndGet(-request.weight());
      return Offer.FULL;
    }
    requests.add(request);
    // The reader may have looked for the last time between our look and our entry.
    if (closed && requests.remove(request)) {
      weight.addAndGet(-request.weight());
      return Offer.CLOSED;
    }
    unpark();
    return Offer.TAKEN;
  }

  /** The oldest request, null for none. Thread: nat. */
  @Nullable AcquireRequest poll() {
    AcquireRequest request = requests.poll();
    if (request != null) {
      weight.addAndGet(-request.weight());
    }
    return request;
  }

  boolean isEmpty() {
    return requests.isEmpty();
  }

  boolean isClosed() {
    return closed;
  }

  /** From here on offers are refused; what is inside stays for the reader. Thread: any. */
  void close() {
    closed = true;
    unpark();
  }

  /**
   * Returns when there is a request or was a {@link #wake}, after {@code nanos}, on close, or for
   * no reason. Thread: nat.
   */
  void await(long nanos) {
    waiting = Thread.currentThread();
    if (requests.isEmpty() && !closed && !woken) {
      LockSupport.parkNanos(this, nanos);
    }
    waiting = null;
    woken = false;
  }

  /** Tells the reader to look about, also if it is about to wait. Thread: any. */
  void wake() {
    woken = true;
    unpark();
  }

  private void unpark() {
    Thread reader = waiting;
    if (reader != null) {
      LockSupport.unpark(reader);
    }
  }
}
