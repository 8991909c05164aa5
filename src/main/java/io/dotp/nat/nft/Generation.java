package io.dotp.nat.nft;

import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkSocket;
import io.dotp.netlink.NetlinkWriter;

/**
 * Asks for the number of the ruleset's generation, which every transaction of anybody raises
 * (NFT_MSG_GETGEN in linux/netfilter/nf_tables.h). Thread: the socket's.
 */
final class Generation {
  private static final int GETGEN = 10 << 8 | 16;
  private static final int NEWGEN = 10 << 8 | 15;
  private static final int GEN_ID = 1;
  private static final int ANSWER_MILLIS = 1_000;

  /** The last generation, 0 before the first answer. */
  private long last;

  private final byte[] buffer = new byte[8_192];

  /** What came of a question. */
  enum Answer {
    SAME,
    CHANGED,
    REFUSED
  }

  Answer ask(NetlinkSocket socket) {
    NetlinkWriter request = new NetlinkWriter(64);
    request.begin(GETGEN, 0, 1).netfilter(0, 0).end();
    if (socket.send(request.bytes(), request.length()) != 0) {
      return Answer.REFUSED;
    }
    // The kernel answers while we send; the wait is only for what we do not know of.
    int length = socket.receive(buffer);
    if (length == -NetlinkSocket.EAGAIN
        && socket.await(ANSWER_MILLIS) == NetlinkSocket.Event.READABLE) {
      length = socket.receive(buffer);
    }
    NetlinkReader reader = new NetlinkReader(buffer, Math.max(0, length));
    while (reader.nextMessage()) {
      NetlinkReader.Attributes attributes = reader.attributes();
      while (reader.type() == NEWGEN && attributes.next()) {
        if (attributes.type() == GEN_ID) {
          return compare(attributes.number());
        }
      }
    }
    return Answer.REFUSED;
  }

  private Answer compare(long generation) {
    boolean same = last == generation || last == 0;
    last = generation;
    return same ? Answer.SAME : Answer.CHANGED;
  }
}
