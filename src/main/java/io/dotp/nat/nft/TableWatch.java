package io.dotp.nat.nft;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.WatchSocket.Sight;
import io.dotp.nat.nft.WatchSocket.Source;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when somebody else changed our table, and holds the guard table. A thread of its own,
 * dotp-watch, which sleeps until the kernel has something to tell.
 *
 * <p>Order: watch first, then install or read the table; then no change falls between the two.
 */
public final class TableWatch implements AutoCloseable {
  /*
   * The kernel notifies after each transaction, in one go. Everything that is there is read before
   * the listener is told, once. Lost notifications, cut ones, a failure of the watch and the end of
   * one count as a change: an unnecessary look costs less than a missed one.
   *
   * Whatever fails, even by a bug, costs the socket and never the thread. Until the kernel notifies,
   * another socket is tried after pauses that double from 1 s to 60 s.
   */

  private static final Logger LOG = LoggerFactory.getLogger(TableWatch.class);
  private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long JOIN_SECONDS = 10;

  /**
   * Under load the kernel tells of each of our own transactions. To be woken for every one of them
   * costs more than to read it, so those of two milliseconds are read together.
   */
  private static final long GATHER_NANOS = 2_000_000;

  /** How changes are noticed. */
  public enum Coverage {
    /** The kernel tells at once, and tells our own changes from those of others. */
    NOTIFIED,
    /** Looked for twice a second; any change of the ruleset counts, also our own. */
    POLLED,
    /** Not at all, for now. */
    NONE
  }

  private final String table;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final Runnable listener;
  private final Source source;
  private final CountDownLatch tried = new CountDownLatch(1);
  private final Thread thread;

  private volatile boolean closing;
  private volatile @Nullable WatchSocket socket;
  private volatile long ownTransactions;

  /** When a better socket is tried for, while there is none that notifies. */
  private long retryNanos;

  private long pauseNanos = FIRST_PAUSE_NANOS;

  /** What the guard shall protect, and the same as the thread last acted upon. */
  private volatile @Nullable TableSpec guarded;

  private @Nullable TableSpec attempted;
  private @Nullable TableGuard guard;
  private volatile TableGuard.State guardState = TableGuard.State.REFUSED;

  private TableWatch(
      String table, NatMetrics metrics, Source source, LongSupplier nanoClock, Runnable listener) {
    this.table = table;
    this.metrics = metrics;
    this.source = source;
    this.nanoClock = nanoClock;
    this.listener = listener;
    thread = new Thread(this::run, "dotp-watch");
    thread.setDaemon(true);
  }

  /**
   * Starts to watch; when this returns, no later change is missed, unless {@link #coverage} says
   * so. Thread: any but an event loop.
   *
   * @param table name of the {@code inet} table, which need not exist
   * @param nanoClock monotonic, compared by subtraction
   * @param listener told of every foreign change, or of what may be one, on the thread dotp-watch:
   *     it may not block, and what it finds is as of some moment after the change. One call may
   *     stand for many changes. Our own commits, by whatever socket, and other tables are no
   *     change.
   */
  public static TableWatch open(
      String table, NatMetrics metrics, LongSupplier nanoClock, Runnable listener) {
    return open(table, metrics, Source.KERNEL, nanoClock, listener);
  }

  static TableWatch open(
      String table, NatMetrics metrics, Source source, LongSupplier nanoClock, Runnable listener) {
    TableWatch watch = new TableWatch(table, metrics, source, nanoClock, listener);
    watch.thread.start();
    try {
      watch.tried.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return watch;
  }

  /**
   * Lets a guard table stand beside the one that {@code spec} describes, or changes its pools.
   * Soon, not at once; a refusal is logged and goes without. Thread: any.
   *
   * @param spec of a managed table
   */
  public void guard(TableSpec spec) {
    guarded = spec;
    wake();
  }

  /** How changes are noticed at this moment. Thread: any. */
  public Coverage coverage() {
    WatchSocket own = socket;
    return own == null ? Coverage.NONE : own.coverage();
  }

  /** Whether a guard table stands. Thread: any. */
  public boolean isGuarded() {
    return guardState == TableGuard.State.HELD;
  }

  /** Transactions of this process that the present socket recognised as such. Thread: any. */
  long ownTransactions() {
    return ownTransactions;
  }

  /** Ends the thread; the guard table goes with it. Thread: any but dotp-watch. */
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(JOIN_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void wake() {
    WatchSocket own = socket;
    if (own != null) {
      own.wake();
    }
    LockSupport.unpark(thread);
  }

  private void run() {
    try {
      attempt(this::open);
      tried.countDown();
      while (!closing) {
        attempt(this::step);
      }
    } finally {
      tried.countDown();
      replace(null);
      if (guard != null) {
        guard.close();
      }
    }
  }

  /** Whatever {@code work} throws, the thread goes on, without the socket. */
  private void attempt(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug in the watch of the table, it begins again", e);
      lose();
    }
  }

  private void step() {
    if (coverage() != Coverage.NOTIFIED && nanoClock.getAsLong() - retryNanos >= 0) {
      Coverage before = coverage();
      open();
      if (coverage() != before) {
        LOG.info("watching the table again coverage={}", coverage());
        tell();
      }
    }
    // After the socket was made known: who wakes it from here on is not missed.
    if (closing) {
      return;
    }
    holdGuard();
    look();
  }

  /** Tries for a socket that is better than the one there is. */
  private void open() {
    retryNanos = nanoClock.getAsLong() + pauseNanos;
    pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    WatchSocket.Result result = WatchSocket.open(source, table, metrics);
    if (result instanceof WatchSocket.Result.Refused refused) {
      LOG.warn("foreign changes of the table go unnoticed for now: {}", refused.text());
      return;
    }
    WatchSocket found = ((WatchSocket.Result.Open) result).socket();
    if (found.coverage() == coverage()) {
      found.close();
      return;
    }
    replace(found);
    if (found.coverage() == Coverage.NOTIFIED) {
      pauseNanos = FIRST_PAUSE_NANOS;
    } else {
      LOG.warn("no notifications of the kernel, looking twice a second instead");
    }
  }

  private void replace(@Nullable WatchSocket next) {
    WatchSocket old = socket;
    socket = next;
    if (old != null) {
      old.close();
    }
  }

  private void look() {
    WatchSocket own = socket;
    if (own == null) {
      long left = retryNanos - nanoClock.getAsLong();
      boolean busy = guardState == TableGuard.State.BUSY;
      long most = busy ? TimeUnit.MILLISECONDS.toNanos(TableGuard.RETRY_MILLIS) : left;
      LockSupport.parkNanos(this, Math.min(left, most));
      return;
    }
    Sight sight = own.await(guardState == TableGuard.State.BUSY ? TableGuard.RETRY_MILLIS : -1);
    ownTransactions = own.ownTransactions();
    switch (sight) {
      case NOTHING -> {}
      case CHANGE -> tell();
      case BROKEN -> {
        metrics.watchFailures.increment();
        lose();
      }
    }
    LockSupport.parkNanos(this, GATHER_NANOS);
  }

  /** What happens from here on until the next socket goes unnoticed. */
  private void lose() {
    if (socket != null) {
      retryNanos = nanoClock.getAsLong() + pauseNanos;
    }
    replace(null);
    tell();
  }

  private void tell() {
    try {
      listener.run();
    } catch (RuntimeException e) {
      metrics.bugs.increment();
      LOG.error("bug while a change of the table was told", e);
    }
  }

  private void holdGuard() {
    TableSpec spec = guarded;
    if (spec == null || (spec.equals(attempted) && guardState != TableGuard.State.BUSY)) {
      return;
    }
    if (guard == null) {
      guard = TableGuard.open();
    }
    attempted = spec;
    if (guardState == TableGuard.State.BUSY) {
      // Should the next try throw, there is none after it.
      guardState = TableGuard.State.REFUSED;
    }
    guardState = guard == null ? TableGuard.State.REFUSED : guard.hold(spec);
  }
}
