package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a transaction as one batch of nfnetlink messages (linux/netfilter/nfnetlink.h,
 * nf_tables.h). Reuses its buffer: one per thread.
 */
final class ElementBatch {
  /*
   * Shape: BATCH_BEGIN, for each set with deletes DELSETELEM, for each set with adds NEWSETELEM,
   * BATCH_END. Between the two ends the kernel takes all or nothing.
   *
   * The acknowledgement is asked of the last message with elements: kernels before 6.10 answer no
   * BATCH_END. Whatever speaks against the batch is answered before it.
   *
   * No generation (NFNL_BATCH_GENID): libnftables sends the one of its cache, to be told by ERESTART
   * that the cache is stale. There is no cache here, an element means the same whatever others have
   * changed meanwhile, and each change of theirs would cost another round.
   */

  /** NFNL_SUBSYS_NFTABLES, and the types of messages below it. */
  static final int SUBSYSTEM = 10;

  static final int NEW_ELEMENTS = SUBSYSTEM << 8 | 12;
  static final int GET_ELEMENTS = SUBSYSTEM << 8 | 13;
  static final int DELETE_ELEMENTS = SUBSYSTEM << 8 | 14;

  /** NFPROTO_INET. */
  static final int INET = 1;

  /** NFTA_SET_ELEM_LIST_*. */
  static final int LIST_TABLE = 1;

  static final int LIST_SET = 2;
  static final int LIST_ELEMENTS = 3;

  /** NFTA_LIST_ELEM, and NFTA_SET_ELEM_* inside it. */
  static final int ELEMENT = 1;

  static final int KEY = 1;
  static final int DATA = 2;

  /** NFTA_DATA_VALUE. */
  static final int VALUE = 1;

  private static final int BATCH_BEGIN = 16;
  private static final int BATCH_END = 17;

  /** Of IPv6, the longest, 52 kB in an attribute that takes 64 kB. */
  private static final int ELEMENTS_IN_MESSAGE = 1_000;

  /** What a restore needed is not kept. */
  private static final int KEPT_BYTES = 1 << 16;

  private static final int FIRST_BYTES = 1 << 12;

  /** From the beginning of an element to its key: three headers of attributes. */
  private static final int KEY_OFFSET = 12;

  /** A message with elements. */
  private record Part(int sequence, int begin, int end, TableSet set) {}

  private static final List<TableSet> SETS = List.of(TableSet.values());

  private final String table;
  private final List<Part> parts = new ArrayList<>();
  private NetlinkWriter message = new NetlinkWriter(FIRST_BYTES);
  private int nextSequence = 1;
  private int firstSequence;
  private int left;

  ElementBatch(String table) {
    this.table = table;
  }

  /** Builds {@code transaction}, which is not empty. */
  void build(NftTransaction transaction) {
    begin(transaction.deletes().size() + transaction.adds().size());
    append(DELETE_ELEMENTS, transaction.deletes());
    append(NEW_ELEMENTS, transaction.adds());
    end();
  }

  /** Builds a batch after which nothing has changed. */
  void buildAddsThenDeletes(List<NftElement> elements) {
    begin(2 * elements.size());
    append(NEW_ELEMENTS, elements);
    append(DELETE_ELEMENTS, elements);
    end();
  }

  /** Builds the request for all elements of {@code set}. */
  void buildDump(TableSet set) {
    clear();
    message.begin(GET_ELEMENTS, NetlinkWriter.DUMP, nextSequence++).netfilter(INET, 0);
    message.putString(LIST_TABLE, table).putString(LIST_SET, set.kernelName()).end();
  }

  byte[] bytes() {
    return message.bytes();
  }

  int length() {
    return message.length();
  }

  /** Of the batch's first message; the others follow in steps of one. */
  int firstSequence() {
    return firstSequence;
  }

  int lastSequence() {
    return nextSequence - 1;
  }

  /** Of the message whose acknowledgement is that of the batch. */
  int acknowledgedSequence() {
    return parts.get(parts.size() - 1).sequence();
  }

  /**
   * What the kernel complains about, as far as can be told.
   *
   * @param offset of the attribute in its message, as the kernel says; 0 for unknown
   * @return set and key, the set only, or nothing
   */
  String place(int sequence, int offset) {
    for (Part part : parts) {
      if (part.sequence() == sequence) {
        int key = part.begin() + offset + KEY_OFFSET;
        Family family = part.set().family();
        boolean element = isElement(part, offset) && key + family.bytes() <= part.end();
        return part.set().kernelName()
            + (element ? " " + IpAddress.ofBytes(family, message.bytes(), key) : "");
      }
    }
    return "";
  }

  /** Names of table and set stand before the elements, which are all of one length. */
  private boolean isElement(Part part, int offset) {
    int first =
        20 + padded(4 + table.length() + 1) + padded(4 + part.set().kernelName().length() + 1) + 4;
    return offset >= first;
  }

  private static int padded(int size) {
    return size + 3 & -4;
  }

  private void clear() {
    parts.clear();
    if (message.bytes().length > KEPT_BYTES) {
      message = new NetlinkWriter(FIRST_BYTES);
    }
    message.clear();
    firstSequence = nextSequence;
  }

  private void begin(int elements) {
    clear();
    left = elements;
    message.begin(BATCH_BEGIN, 0, nextSequence++).netfilter(0, SUBSYSTEM).end();
  }

  private void end() {
    message.begin(BATCH_END, 0, nextSequence++).netfilter(0, SUBSYSTEM).end();
  }

  private void append(int type, List<NftElement> elements) {
    for (TableSet set : SETS) {
      int list = -1;
      int count = 0;
      int begin = 0;
      for (NftElement element : elements) {
        if (TableSet.of(element) != set) {
          continue;
        }
        if (list < 0) {
          begin = message.length();
          list = open(type, set);
        }
        append(element, type == NEW_ELEMENTS);
        left--;
        count++;
        if (count == ELEMENTS_IN_MESSAGE) {
          close(list, begin, set);
          list = -1;
          count = 0;
        }
      }
      if (list >= 0) {
        close(list, begin, set);
      }
    }
  }

  private int open(int type, TableSet set) {
    message.begin(type, type == NEW_ELEMENTS ? NetlinkWriter.CREATE : 0, nextSequence++);
    message.netfilter(INET, 0).putString(LIST_TABLE, table).putString(LIST_SET, set.kernelName());
    return message.beginNest(LIST_ELEMENTS);
  }

  private void close(int list, int begin, TableSet set) {
    message.endNest(list);
    if (left == 0) {
      message.flags(NetlinkWriter.ACK);
    }
    message.end();
    parts.add(new Part(nextSequence - 1, begin, message.length(), set));
  }

  /** A delete names the key alone. */
  private void append(NftElement element, boolean withData) {
    int nest = message.beginNest(ELEMENT);
    if (element instanceof NftElement.MapEntry entry) {
      put(KEY, entry.fake());
      if (withData) {
        put(DATA, entry.real());
      }
    } else if (element instanceof NftElement.RealEntry entry) {
      put(KEY, entry.real());
    }
    message.endNest(nest);
  }

  private void put(int type, IpAddress address) {
    int nest = message.beginNest(type);
    message.putBytes(VALUE, address.toBytes());
    message.endNest(nest);
  }
}
