package io.dotp.dns.message;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Cuts a well-formed message at an RRset border, because half an RRset must not be taken for a
 * whole one (RFC 2181 section 9), and sets TC, whatever section the cut is in.
 */
final class Truncation {
  private Truncation() {}

  /**
   * Borrows {@code response}; its OPT record, if any, is its last one and is left out.
   *
   * @param maxSize of the result
   */
  static ByteBuf cut(
      ByteBuf response, ResponseFacts facts, int maxSize, ByteBufAllocator allocator) {
    int base = response.readerIndex();
    int[] counts = new int[3];
    for (int section = 0; section < 3; section++) {
      counts[section] = response.getUnsignedShort(base + 6 + 2 * section);
    }
    counts[2] -= facts.optOffset() >= 0 ? 1 : 0;
    int[] kept = new int[3];
    int end = fit(response, facts, counts, kept, maxSize);
    ByteBuf reply = allocator.buffer(end + Edns.PLAIN_LENGTH);
    reply.writeBytes(response, base, end);
    for (int section = 0; section < 3; section++) {
      reply.setShort(6 + 2 * section, kept[section]);
    }
    reply.setShort(2, reply.getUnsignedShort(2) | QueryView.FLAG_TC);
    return reply;
  }

  /** Fills {@code kept} with the records that stay, and returns where they end. */
  private static int fit(
      ByteBuf response, ResponseFacts facts, int[] counts, int[] kept, int maxSize) {
    int base = response.readerIndex();
    WireName owner = new WireName();
    WireName previous = new WireName();
    int at = facts.questionEnd();
    int border = at;
    for (int section = 0; section < 3; section++) {
      int previousType = -1;
      for (int i = 0; i < counts[section]; i++) {
        int behind = NameReader.read(response, base, at, facts.end(), owner);
        int type = response.getUnsignedShort(base + behind);
        boolean sameSet = type == previousType && NameReader.equal(owner, previous);
        if (!sameSet) {
          border = at;
          kept[section] = i;
        }
        at = behind + ResponseWalk.RECORD_FIXED + response.getUnsignedShort(base + behind + 8);
        if (at > maxSize) {
          return border;
        }
        previousType = type;
        NameReader.copy(owner, previous);
      }
      border = at;
      kept[section] = counts[section];
    }
    return at;
  }
}
