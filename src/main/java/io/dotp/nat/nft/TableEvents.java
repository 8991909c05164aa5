package io.dotp.nat.nft;

import io.dotp.netlink.NetlinkReader;

/**
 * Finds in the kernel's notifications (linux/netfilter/nf_tables.h) what others did to one table of
 * the family {@code inet}. Thread: one.
 */
final class TableEvents {
  private static final int SUBSYSTEM = 10;
  private static final int NEWGEN = 15;
  private static final int INET = 1;

  /** The attribute of every kind of object that names its table. */
  private static final int TABLE = 1;

  private final String table;
  private final OwnPorts ports;
  private long ownTransactions;

  TableEvents(String table, OwnPorts ports) {
    this.table = table;
    this.ports = ports;
  }

  /** Transactions of this process seen so far. */
  long ownTransactions() {
    return ownTransactions;
  }

  /** Whether a datagram tells that another socket than ours changed the table. */
  boolean tellsOfChange(byte[] datagram, int length) {
    NetlinkReader reader = new NetlinkReader(datagram, length);
    boolean changed = false;
    while (!changed && reader.nextMessage()) {
      if (reader.type() >> 8 != SUBSYSTEM) {
        continue;
      }
      // Every notification carries the port id of the socket that sent the transaction.
      if ((reader.type() & 0xff) == NEWGEN) {
        ownTransactions += ports.isKnown(reader.portId()) ? 1 : 0;
      } else {
        changed =
            !ports.isKnown(reader.portId()) && isOfTable(reader) && !ports.isOwn(reader.portId());
      }
    }
    return changed;
  }

  private boolean isOfTable(NetlinkReader reader) {
    if (reader.netfilterFamily() != INET) {
      return false;
    }
    NetlinkReader.Attributes attributes = reader.attributes();
    while (attributes.next()) {
      if (attributes.type() == TABLE) {
        return attributes.string().equals(table);
      }
    }
    return false;
  }
}
