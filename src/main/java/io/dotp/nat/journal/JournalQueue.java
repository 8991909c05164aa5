package io.dotp.nat.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Orders on their way to thread {@code dotp-journal}, bounded by the fakes they are about. Nobody
 * who puts something in ever waits, not even for a lock.
 */
final class JournalQueue {
  private final Queue<JournalOrder> orders = new ConcurrentLinkedQueue<>();
  private final AtomicInteger weight = new AtomicInteger();
  private volatile boolean closed;

  /** The reader, while it waits. */
  private volatile @Nullable Thread waiting;

  /**
   * Thread: any.
   *
   * @param limit fakes that may be waiting for this order to be taken as well
   * @return false when it was dropped
   */
  boolean offer(JournalOrder order, int limit) {
    int before = weight.getAndAdd(order.weight());
    if (closed || before + order.weight() > limit) {
      weight.addAndGet(-order.weight());
      return false;
    }
    orders.add(order);
    Thread reader = waiting;
    if (reader != null) {
      LockSupport.unpark(reader);
    }
    return true;
  }

  /** The oldest orders, as many as weigh {@code most}, but one at least if any. Thread: journal. */
  List<JournalOrder> take(int most) {
    List<JournalOrder> taken = new ArrayList<>();
    int sum = 0;
    JournalOrder order;
    while (sum < most && (order = orders.poll()) != null) {
      taken.add(order);
      sum += order.weight();
    }
    weight.addAndGet(-sum);
    return taken;
  }

  boolean isEmpty() {
    return orders.isEmpty();
  }

  boolean isClosed() {
    return closed;
  }

  /** From here on orders are dropped; what is inside stays for the reader. Thread: any. */
  void close() {
    closed = true;
    Thread reader = waiting;
    if (reader != null) {
      LockSupport.unpark(reader);
    }
  }

  /** Returns when there is an order, after {@code nanos}, on close, or for no reason. */
  void await(long nanos) {
    waiting = Thread.currentThread();
    if (orders.isEmpty() && !closed) {
      LockSupport.parkNanos(this, nanos);
    }
    waiting = null;
  }
}
