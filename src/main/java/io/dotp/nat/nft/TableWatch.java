package io.dotp.nat.nft;

import io.dotp.metrics.NatMetrics;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkSocket.Opening;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
   * the listener is told, once. Lost notifications, cut ones and a listener that threw count as a
   * change: an unnecessary look costs less than a missed one.
   */

  private static final Logger LOG = LoggerFactory.getLogger(TableWatch.class);

  /** NFNLGRP_NFTABLES of linux/netfilter/nfnetlink.h. */
  private static final int GROUP = 7;

  /** A transaction of 65,536 mappings notifies by some 15 MB. */
  private static final int RECEIVE_BYTES = 32 << 20;

  private static final int SEND_BYTES = 65_536;
  private static final int DATAGRAM_BYTES = 131_072;
  private static final int POLL_MILLIS = 500;
  private static final long JOIN_SECONDS = 10;

  /** How changes are noticed. */
  public enum Coverage {
    /** The kernel tells at once, and tells our own changes from those of others. */
    NOTIFIED,
    /** Looked for twice a second; any change of the ruleset counts, also our own. */
    POLLED,
    /** Not at all. */
    NONE
  }

  /**
   * How to watch; other values are for tests.
   *
   * @param group of notifications
   * @param receiveBytes what the socket may hold
   */
  record Source(int group, int receiveBytes) {}

  private final TableEvents events;
  private final NatMetrics metrics;
  private final Runnable listener;
  private final Source source;
  private final Generation generation = new Generation();
  private final byte[] datagram = new byte[DATAGRAM_BYTES];
  private final CountDownLatch opened = new CountDownLatch(1);
  private final Thread thread;

  private volatile Coverage coverage = Coverage.NONE;
  private volatile boolean closing;
  private volatile long ownTransactions;

  private volatile @Nullable NetlinkSocket socket;

  /** What the guard shall protect, and the same as the thread last acted upon. */
  private volatile @Nullable TableSpec guarded;

  private @Nullable TableSpec attempted;
  private @Nullable TableGuard guard;
  private volatile TableGuard.State guardState = TableGuard.State.REFUSED;

  private TableWatch(String table, NatMetrics metrics, Source source, Runnable listener) {
    this.events = new TableEvents(table, new OwnPorts(Path.of("/proc/self")));
    this.metrics = metrics;
    this.source = source;
    this.listener = listener;
    thread = new Thread(this::run, "dotp-watch");
    thread.setDaemon(true);
  }

  /**
   * Starts to watch; when this returns, no later change is missed. Thread: any but an event loop.
   *
   * @param table name of the {@code inet} table, which need not exist
   * @param listener told of every foreign change, or of what may be one, on the thread dotp-watch:
   *     it may not block, and what it finds is as of some moment after the change. One call may
   *     stand for many changes. Our own commits, by whatever socket, and other tables are no
   *     change.
   */
  public static TableWatch open(String table, NatMetrics metrics, Runnable listener) {
    return open(table, metrics, new Source(GROUP, RECEIVE_BYTES), listener);
  }

  static TableWatch open(String table, NatMetrics metrics, Source source, Runnable listener) {
    TableWatch watch = new TableWatch(table, metrics, source, listener);
    watch.thread.start();
    try {
      watch.opened.await();
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

  public Coverage coverage() {
    return coverage;
  }

  /** Whether a guard table stands. Thread: any. */
  public boolean isGuarded() {
    return guardState == TableGuard.State.HELD;
  }

  /** Transactions of this process that were recognised as such. Thread: any. */
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
    NetlinkSocket own = socket;
    if (own != null) {
      own.wake();
    }
  }

  private void run() {
    Opening opening = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    if (!(opening instanceof Opening.Opened ready)) {
      LOG.warn("table is not watched, no netlink socket: {}", opening);
      opened.countDown();
      return;
    }
    try (NetlinkSocket own = ready.socket()) {
      socket = own;
      join(own);
      opened.countDown();
      while (!closing) {
        holdGuard();
        NetlinkSocket.Event event = own.await(timeoutMillis());
        if (coverage == Coverage.NOTIFIED && event == NetlinkSocket.Event.READABLE) {
          drain(own);
        } else if (coverage == Coverage.POLLED && event == NetlinkSocket.Event.TIMEOUT) {
          poll(own);
        }
      }
    } finally {
      opened.countDown();
      if (guard != null) {
        guard.close();
      }
    }
  }

  private void join(NetlinkSocket own) {
    own.buffers(SEND_BYTES, source.receiveBytes());
    int errno = own.join(source.group());
    if (errno == 0) {
      coverage = Coverage.NOTIFIED;
    } else if (generation.ask(own) == Generation.Answer.REFUSED) {
      LOG.warn("foreign changes of the table go unnoticed: errno={} and no generation", errno);
    } else {
      coverage = Coverage.POLLED;
      LOG.warn("no notifications of the kernel, looking every {} ms errno={}", POLL_MILLIS, errno);
    }
  }

  private int timeoutMillis() {
    if (guardState == TableGuard.State.BUSY) {
      return TableGuard.RETRY_MILLIS;
    }
    return coverage == Coverage.POLLED ? POLL_MILLIS : -1;
  }

  /** Reads all that is there, then tells. */
  private void drain(NetlinkSocket own) {
    boolean changed = false;
    int length = own.receive(datagram);
    while (length != -NetlinkSocket.EAGAIN && !closing) {
      if (length > datagram.length || length == -NetlinkSocket.ENOBUFS) {
        metrics.watchOverruns.increment();
        changed = true;
      } else if (length < 0) {
        LOG.warn("notifications of the kernel have ended, looking instead errno={}", -length);
        coverage = Coverage.POLLED;
        changed = true;
        break;
      } else {
        changed |= events.tellsOfChange(datagram, length);
      }
      length = own.receive(datagram);
    }
    ownTransactions = events.ownTransactions();
    if (changed) {
      tell();
    }
  }

  private void poll(NetlinkSocket own) {
    Generation.Answer answer = generation.ask(own);
    if (answer == Generation.Answer.REFUSED) {
      coverage = Coverage.NONE;
      LOG.warn("foreign changes of the table go unnoticed from now on");
    }
    if (answer != Generation.Answer.SAME) {
      tell();
    }
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
    guardState = guard == null ? TableGuard.State.REFUSED : guard.hold(spec);
  }
}
