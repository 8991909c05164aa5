package io.dotp.nat.nft;

import io.dotp.netlink.NetlinkReader;

/**
 * Judges what comes back for one batch. The kernel answers in the order of the messages, errors of
 * the commit itself first, and acknowledges the last message even where it then undoes everything;
 * so the first error counts, and the acknowledgement only without one.
 */
final class BatchReply {
  /** NLMSGERR_ATTR_OFFS: where in the request. */
  private static final int OFFSET = 2;

  private final int first;
  private final int last;
  private final int acknowledgement;
  private int error;
  private int failedSequence;
  private int offset;
  private boolean acknowledged;

  /**
   * @param first sequence number of the batch's first message
   * @param last of its last
   * @param acknowledgement of the one that asks for an answer
   */
  BatchReply(int first, int last, int acknowledgement) {
    this.first = first;
    this.last = last;
    this.acknowledgement = acknowledgement;
  }

  /** Takes one datagram; what belongs to no message of the batch is left out. */
  void take(byte[] datagram, int length) {
    NetlinkReader reader = new NetlinkReader(datagram, length);
    while (reader.nextMessage()) {
      if (reader.type() != NetlinkReader.ERROR || !reader.isErrorWhole()) {
        continue;
      }
      int sequence = reader.failedSequence();
      if (Integer.compareUnsigned(sequence - first, last - first) > 0) {
        continue;
      }
      if (reader.error() != 0 && error == 0) {
        error = reader.error();
        failedSequence = sequence;
        NetlinkReader.Attributes attributes = reader.errorAttributes();
        while (attributes.next()) {
          if (attributes.type() == OFFSET) {
            offset = attributes.nativeNumber();
          }
        }
      }
      acknowledged |= sequence == acknowledgement;
    }
  }

  /** The first error as errno.h has it; 0 for none. */
  int error() {
    return error;
  }

  int failedSequence() {
    return failedSequence;
  }

  /** Where in the message the kernel found fault, 0 for unknown. */
  int offset() {
    return offset;
  }

  /** Whether the last answer has come; it acknowledges the batch unless there is an error. */
  boolean isComplete() {
    return acknowledged;
  }
}
