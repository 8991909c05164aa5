package io.dotp.nat.nft;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.TableWatch.Coverage;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkSocket.Opening;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket that tells of others' changes of a table, in the best way that the kernel offers.
 * Thread: the one that opened it, but for {@link #wake}.
 */
final class WatchSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchSocket.class);

  /** NFNLGRP_NFTABLES of linux/netfilter/nfnetlink.h. */
  private static final int GROUP = 7;

  /** A transaction of 65,536 mappings notifies by some 15 MB. */
  private static final int RECEIVE_BYTES = 32 << 20;

  private static final int SEND_BYTES = 65_536;
  private static final int DATAGRAM_BYTES = 131_072;
  private static final int POLL_MILLIS = 500;

  /** Read before anybody is told; a stranger who writes without end may not keep us here. */
  private static final int MOST_DATAGRAMS = 8_192;

  /** What the kernel told. */
  enum Sight {
    NOTHING,
    /** Somebody else changed the table, or may have. */
    CHANGE,
    /** Nothing can be learned from this socket any more. */
    BROKEN
  }

  /**
   * How to watch; other values than {@link #KERNEL} are for tests.
   *
   * @param group of notifications
   * @param receiveBytes what the socket may hold
   */
  record Source(Supplier<Opening> opening, IntSupplier group, int receiveBytes) {
    static final Source KERNEL =
        new Source(() -> NetlinkSocket.open(NetlinkSocket.NETFILTER), () -> GROUP, RECEIVE_BYTES);
  }

  private final NetlinkSocket socket;
  private final TableEvents events;
  private final NatMetrics metrics;
  private final Generation generation = new Generation();
  private final byte[] datagram = new byte[DATAGRAM_BYTES];
  private final Coverage coverage;

  private WatchSocket(NetlinkSocket socket, Source source, String table, NatMetrics metrics) {
    this.socket = socket;
    this.metrics = metrics;
    // Port ids that were ours may be a stranger's once their socket is closed.
    events = new TableEvents(table, new OwnPorts(Path.of("/proc/self")));
    socket.buffers(SEND_BYTES, source.receiveBytes());
    int errno = socket.join(source.group().getAsInt());
    if (errno == 0) {
      coverage = Coverage.NOTIFIED;
    } else {
      boolean counted = generation.ask(socket) != Generation.Answer.REFUSED;
      coverage = counted ? Coverage.POLLED : Coverage.NONE;
      LOG.debug("no notifications of the kernel errno={} coverage={}", errno, coverage);
    }
  }

  /** What the kernel gave, or why it gave none. */
  sealed interface Result {
    /**
     * @param socket whose coverage is not {@link Coverage#NONE}; the caller's to close
     */
    record Open(WatchSocket socket) implements Result {}

    /**
     * Nothing is left open.
     *
     * @param text for the log
     */
    record Refused(String text) implements Result {}
  }

  static Result open(Source source, String table, NatMetrics metrics) {
    Opening opening = source.opening().get();
    if (!(opening instanceof Opening.Opened opened)) {
      return new Result.Refused(opening.toString());
    }
    WatchSocket socket;
    try {
      socket = new WatchSocket(opened.socket(), source, table, metrics);
    } catch (RuntimeException e) {
      opened.socket().close();
      throw e;
    }
    if (socket.coverage == Coverage.NONE) {
      socket.close();
      return new Result.Refused("neither notifications nor a generation");
    }
    return new Result.Open(socket);
  }

  Coverage coverage() {
    return coverage;
  }

  /** Transactions of this process that were recognised as such on this socket. */
  long ownTransactions() {
    return events.ownTransactions();
  }

  /**
   * Waits until there is something to tell, for {@link #wake} or for a while.
   *
   * @param timeoutMillis below 0 for ever
   */
  Sight await(int timeoutMillis) {
    if (coverage == Coverage.NOTIFIED) {
      NetlinkSocket.Event event = socket.await(timeoutMillis);
      return event == NetlinkSocket.Event.READABLE ? drain() : Sight.NOTHING;
    }
    int millis = timeoutMillis < 0 ? POLL_MILLIS : Math.min(timeoutMillis, POLL_MILLIS);
    // Readable is a late answer of the kernel: asking takes it.
    boolean woken = socket.await(millis) == NetlinkSocket.Event.WOKEN;
    return woken ? Sight.NOTHING : ask();
  }

  /** Reads what is there. */
  private Sight drain() {
    boolean changed = false;
    for (int i = 0; i < MOST_DATAGRAMS; i++) {
      int length = socket.receive(datagram);
      if (length == -NetlinkSocket.EAGAIN) {
        break;
      }
      if (length > datagram.length || length == -NetlinkSocket.ENOBUFS) {
        metrics.watchOverruns.increment();
        changed = true;
      } else if (length < 0) {
        LOG.warn("notifications of the kernel have ended errno={}", -length);
        return Sight.BROKEN;
      } else {
        changed |= events.tellsOfChange(datagram, length);
      }
    }
    return changed ? Sight.CHANGE : Sight.NOTHING;
  }

  private Sight ask() {
    return switch (generation.ask(socket)) {
      case SAME -> Sight.NOTHING;
      case CHANGED -> Sight.CHANGE;
      case REFUSED -> Sight.BROKEN;
    };
  }

  /** Ends the present or the next {@link #await}. Thread: any. */
  void wake() {
    socket.wake();
  }

  @Override
  public void close() {
    socket.close();
  }
}
