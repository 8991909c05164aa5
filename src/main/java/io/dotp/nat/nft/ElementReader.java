package io.dotp.nat.nft;

import io.dotp.nat.nft.ElementListing.Result.Listed;
import io.dotp.netlink.NetlinkSocket;
import org.jspecify.annotations.Nullable;

/** Dumps sets over a netlink socket. Thread: the socket's. */
final class ElementReader {
  /*
   * The kernel hands a dump out in pieces and marks it interrupted when anybody committed anything
   * in the network namespace meanwhile, be it in another table. Beside a busy stranger a long dump
   * may never be free of that mark, though nobody touched our sets; therefore two interrupted dumps
   * in a row that agree are believed as well.
   */
  private static final int MOST_DUMPS = 10;
  private static final int WAIT_MILLIS = 2_000;

  /** The kernel fills at most 32 kB at a time. */
  private static final int DATAGRAM_BYTES = 1 << 16;

  /** Of the largest set, 262,144 elements of IPv6, some hundred would do. */
  private static final int MOST_DATAGRAMS = 1 << 16;

  private final NetlinkSocket socket;
  private final ElementBatch batch;
  private final KernelErrors errors;
  private final byte[] datagram = new byte[DATAGRAM_BYTES];

  /** What {@link #read} gives. */
  sealed interface Result {
    /** All elements. */
    record Complete(Listed listed) implements Result {}

    /** The kernel refuses. */
    record Refused(int errno) implements Result {}

    /** No sense can be made of what came; more may come, the socket is to be given up. */
    record Broken(String text) implements Result {}
  }

  /**
   * @param batch whose sequence numbers the requests take
   */
  ElementReader(NetlinkSocket socket, ElementBatch batch, KernelErrors errors) {
    this.socket = socket;
    this.batch = batch;
    this.errors = errors;
  }

  Result read(TableSet set) {
    Listed previous = null;
    for (int i = 0; i < MOST_DUMPS; i++) {
      batch.buildDump(set);
      ElementDump dump = new ElementDump(set, batch.lastSequence());
      Result failure = fill(dump);
      if (failure != null) {
        return failure;
      }
      Listed listed = dump.elements();
      if (!dump.isInterrupted() || listed.equals(previous)) {
        return new Result.Complete(listed);
      }
      previous = listed;
    }
    return new Result.Refused(KernelErrors.EINTR);
  }

  /** Null when the dump is whole. */
  private @Nullable Result fill(ElementDump dump) {
    int errno = socket.send(batch.bytes(), batch.length());
    if (errno != 0) {
      return new Result.Broken("send: " + errors.words(errno));
    }
    ElementDump.State state = ElementDump.State.RUNNING;
    boolean waited = false;
    for (int i = 0; i < MOST_DATAGRAMS && state == ElementDump.State.RUNNING; i++) {
      int length = socket.receive(datagram);
      if (length > datagram.length) {
        return new Result.Broken("a datagram of " + length + " bytes");
      }
      if (length >= 0) {
        state = dump.take(datagram, length);
        waited = false;
      } else if (length == -KernelErrors.ENOBUFS) {
        // Holes in the dump: as good as interrupted, but two of a kind prove nothing.
        return new Result.Broken("recv: " + errors.words(-length));
      } else if (length != -KernelErrors.EAGAIN || waited) {
        return new Result.Broken("recv: " + errors.words(-length));
      } else {
        waited = true;
        socket.await(WAIT_MILLIS);
      }
    }
    return switch (state) {
      case DONE -> null;
      case FAILED -> new Result.Refused(dump.error());
      case RUNNING -> new Result.Broken("endless");
      case MALFORMED -> new Result.Broken("unknown form");
    };
  }
}
