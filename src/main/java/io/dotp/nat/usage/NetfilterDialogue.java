package io.dotp.nat.usage;

import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks netfilter one question after the other on a socket of its own, which is opened when it is
 * needed and given up after trouble, so that no late answer is taken for the next one's. Thread:
 * one.
 *
 * <p>Errors: numbers of errno.h.
 */
final class NetfilterDialogue implements AutoCloseable {
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EBADMSG = 74;
  static final int ETIMEDOUT = 110;

  private static final int ATTEMPTS = 5;
  private static final int WAITS = 10;
  private static final int WAIT_MILLIS = 1_000;

  /** More than the 32 KiB that the kernel puts into one datagram of a dump. */
  private static final int BUFFER = 65_536;

  private final NetlinkWriter request = new NetlinkWriter(512);
  private final byte[] buffer = new byte[BUFFER];
  private @Nullable NetlinkSocket socket;
  private int sequence;

  /**
   * Begins a question; its attributes follow, then {@link NetlinkWriter#end}, then {@link #dump} or
   * {@link #ask}.
   *
   * @param type subsystem and message
   * @param family of struct nfgenmsg
   */
  NetlinkWriter question(int type, int flags, int family) {
    sequence++;
    return request.clear().begin(type, flags, sequence).netfilter(family, 0);
  }

  /**
   * Carries a dump out, again from the start if the kernel says that it may have holes.
   *
   * @param restart forgets what came so far
   * @param each gets each message of the dump
   * @return 0, or the error; {@link #EINTR} for a dump that had holes every time
   */
  int dump(Runnable restart, Consumer<NetlinkReader> each) {
    int error = EINTR;
    for (int i = 0; i < ATTEMPTS && (error == EINTR || error == NetlinkSocket.ENOBUFS); i++) {
      restart.run();
      error = ask(each);
    }
    return error;
  }

  /**
   * Sends the question and hands on what comes until the end of the dump or the acknowledgement.
   *
   * @return 0, or the error
   */
  int ask(Consumer<NetlinkReader> each) {
    int error = exchange(each);
    if (error > 0 && error != ENOENT && error != EINTR) {
      close();
    }
    return error;
  }

  private int exchange(Consumer<NetlinkReader> each) {
    NetlinkSocket open = socket;
    if (open == null) {
      NetlinkSocket.Opening opening = NetlinkSocket.open(NetlinkSocket.NETFILTER);
      if (opening instanceof NetlinkSocket.Opening.Refused refused) {
        return refused.errno();
      }
      open = ((NetlinkSocket.Opening.Opened) opening).socket();
      socket = open;
    }
    int error = open.send(request.bytes(), request.length());
    boolean[] holes = new boolean[1];
    while (error == 0) {
      int length = receive(open);
      if (length < 0) {
        return -length;
      }
      int end = take(new NetlinkReader(buffer, length), each, holes);
      if (end >= 0) {
        return end == 0 && holes[0] ? EINTR : end;
      }
    }
    return error;
  }

  private int receive(NetlinkSocket open) {
    for (int i = 0; i < WAITS; i++) {
      int length = open.receive(buffer);
      if (length != -NetlinkSocket.EAGAIN) {
        return length > buffer.length ? -EBADMSG : length;
      }
      open.await(WAIT_MILLIS);
    }
    return -ETIMEDOUT;
  }

  /** The error that ends the answer, 0 for a good end, below 0 for more to come. */
  private int take(NetlinkReader reader, Consumer<NetlinkReader> each, boolean[] holes) {
    while (reader.nextMessage()) {
      if (reader.sequence() == sequence) {
        holes[0] |= (reader.flags() & NetlinkReader.DUMP_INTERRUPTED) != 0;
        if (reader.type() == NetlinkReader.DONE || reader.type() == NetlinkReader.ERROR) {
          return Math.max(0, reader.error());
        }
        if (reader.type() == NetlinkReader.OVERRUN) {
          return NetlinkSocket.ENOBUFS;
        }
        if (reader.type() != NetlinkReader.NOOP) {
          each.accept(reader);
        }
      }
    }
    return -1;
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
