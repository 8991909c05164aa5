package io.dotp.dns.server;

import io.dotp.ip.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How many TCP connections the whole process and one client may hold. Who comes when all places are
 * taken gets that of the connection which has been idle for longest (RFC 7766 section 6.1), so that
 * connections which only stand there keep nobody out. Thread: any loop; one short section for each
 * connection, none for a query.
 */
final class ConnectionLimits {
  static final int TOTAL = 4_096;
  static final int PER_CLIENT = 128;

  /** A place whose connection became busy meanwhile is no loss: there is another. */
  private static final int ATTEMPTS = 3;

  private final int total;
  private final Map<IpAddress, Set<Place>> clients = new HashMap<>();
  private int held;

  /**
   * @param mostDescriptors how many files and sockets the process may have open; connections get a
   *     quarter, the rest is for UDP and for the way to the upstreams
   */
  static ConnectionLimits within(long mostDescriptors) {
    return new ConnectionLimits((int) Math.max(1, Math.min(TOTAL, mostDescriptors / 4)));
  }

  ConnectionLimits(int total) {
    this.total = total;
  }

  /**
   * Takes a place, idle at first; null when there is none. Every other result needs one {@link
   * #leave}.
   *
   * @param close closes the connection later, from another thread; called when the place is given
   *     to somebody else
   */
  synchronized @Nullable Place enter(IpAddress client, long nowNanos, Runnable close) {
    Set<Place> same = clients.get(client);
    if (same != null && same.size() >= PER_CLIENT && !evictOne(Map.of(client, same), nowNanos)) {
      return null;
    }
    if (held >= total && !evictOne(clients, nowNanos)) {
      return null;
    }
    Place place = new Place(client, nowNanos, close);
    clients.computeIfAbsent(client, first -> new HashSet<>()).add(place);
    held++;
    return place;
  }

  private boolean evictOne(Map<IpAddress, Set<Place>> among, long nowNanos) {
    for (int i = 0; i < ATTEMPTS; i++) {
      Place oldest = longestIdle(among, nowNanos);
      if (oldest == null) {
        return false;
      }
      if (oldest.state.compareAndSet(State.IDLE, State.GONE)) {
        remove(oldest);
        oldest.close.run();
        return true;
      }
    }
    return false;
  }

  private static @Nullable Place longestIdle(Map<IpAddress, Set<Place>> among, long nowNanos) {
    Place oldest = null;
    for (Set<Place> places : among.values()) {
      for (Place place : places) {
        boolean idle = place.state.get() == State.IDLE;
        if (idle && (oldest == null || nowNanos - place.idleSince > nowNanos - oldest.idleSince)) {
          oldest = place;
        }
      }
    }
    return oldest;
  }

  /** Gives a place back; does nothing when somebody else has it by now. */
  synchronized void leave(Place place) {
    if (place.state.getAndSet(State.GONE) != State.GONE) {
      remove(place);
    }
  }

  private void remove(Place place) {
    Set<Place> same = clients.get(place.client);
    if (same == null || !same.remove(place)) {
      throw new IllegalStateException("a connection left twice");
    }
    if (same.isEmpty()) {
      clients.remove(place.client);
    }
    held--;
  }

  synchronized int held() {
    return held;
  }

  private enum State {
    IDLE,
    BUSY,
    GONE
  }

  /** One connection's place. Thread: its loop, but for what the limits do to it. */
  static final class Place {
    private final IpAddress client;
    private final Runnable close;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private volatile long idleSince;

    private Place(IpAddress client, long nowNanos, Runnable close) {
      this.client = client;
      this.idleSince = nowNanos;
      this.close = close;
    }

    /** A query is under way from now on; false when the connection is about to be closed. */
    boolean markBusy() {
      return state.get() == State.BUSY || state.compareAndSet(State.IDLE, State.BUSY);
    }

    /** Nothing is under way any more. */
    void markIdle(long nowNanos) {
      if (state.get() == State.BUSY) {
        idleSince = nowNanos;
        state.compareAndSet(State.BUSY, State.IDLE);
      }
    }
  }
}
