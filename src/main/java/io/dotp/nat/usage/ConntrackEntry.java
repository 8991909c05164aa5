package io.dotp.nat.usage;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkReader;
import io.dotp.netlink.NetlinkWriter;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One flow as connection tracking knows it (linux/netfilter/nfnetlink_conntrack.h and
 * nf_conntrack_common.h). The original tuple is what the client sent: its destination is the fake.
 */
final class ConntrackEntry {
  private static final int TUPLE_ORIG = 1;
  private static final int STATUS = 3;
  private static final int PROTOINFO = 4;
  private static final int TIMEOUT = 7;
  private static final int ID = 12;
  private static final int ZONE = 18;
  private static final int TUPLE_IP = 1;
  private static final int TUPLE_PROTO = 2;
  private static final int IP_V4_DST = 2;
  private static final int IP_V6_DST = 4;
  private static final int PROTO_NUMBER = 1;
  private static final int PROTOINFO_TCP = 1;
  private static final int PROTOINFO_TCP_STATE = 1;
  private static final int NESTED = 0x8000;

  private static final int SEEN_REPLY = 1 << 1;
  private static final int DST_NAT = 1 << 5;
  private static final int OFFLOADED = 1 << 14 | 1 << 15;

  private static final int TCP = 6;
  private static final int SYN_SENT = 1;
  private static final int TIME_WAIT = 7;
  private static final int CLOSE = 8;

  private final IpAddress destination;
  private final byte[] tuple;
  private int protocol = -1;
  private int status;
  private int tcpState = -1;
  private long timeoutSeconds = -1;
  private long id = -1;
  private int zone;

  private ConntrackEntry(IpAddress destination, byte[] tuple) {
    this.destination = destination;
    this.tuple = tuple;
  }

  /**
   * Reads the attributes of a message of type IPCTNL_MSG_CT_NEW.
   *
   * @param wanted asked for the original destination, before anything else is looked at
   * @return null when it is not wanted, or damaged
   */
  static @Nullable ConntrackEntry parse(NetlinkReader message, Predicate<IpAddress> wanted) {
    ConntrackEntry entry = null;
    NetlinkReader.Attributes attributes = message.attributes();
    while (attributes.next()) {
      if (attributes.type() == TUPLE_ORIG) {
        IpAddress destination = destination(attributes.nested());
        if (destination == null || !wanted.test(destination)) {
          return null;
        }
        entry = new ConntrackEntry(destination, attributes.value());
        entry.readProtocol(attributes.nested());
      } else if (entry != null) {
        entry.readAttribute(attributes);
      }
    }
    return entry;
  }

  private static @Nullable IpAddress destination(NetlinkReader.Attributes tuple) {
    while (tuple.next()) {
      if (tuple.type() == TUPLE_IP) {
        NetlinkReader.Attributes address = tuple.nested();
        while (address.next()) {
          if (address.type() == IP_V4_DST && address.length() == Family.IPV4.bytes()) {
            return IpAddress.ofBytes(Family.IPV4, address.value(), 0);
          }
          if (address.type() == IP_V6_DST && address.length() == Family.IPV6.bytes()) {
            return IpAddress.ofBytes(Family.IPV6, address.value(), 0);
          }
        }
      }
    }
    return null;
  }

  private void readProtocol(NetlinkReader.Attributes tupleAttributes) {
    while (tupleAttributes.next()) {
      if (tupleAttributes.type() == TUPLE_PROTO) {
        NetlinkReader.Attributes proto = tupleAttributes.nested();
        while (proto.next()) {
          if (proto.type() == PROTO_NUMBER) {
            protocol = (int) proto.number() & 0xff;
          }
        }
      }
    }
  }

  private void readAttribute(NetlinkReader.Attributes attribute) {
    switch (attribute.type()) {
      case STATUS -> status = (int) attribute.number();
      case TIMEOUT -> timeoutSeconds = attribute.number();
      case ID -> id = attribute.number();
      case ZONE -> zone = (int) attribute.number();
      case PROTOINFO -> {
        NetlinkReader.Attributes info = attribute.nested();
        while (info.next()) {
          if (info.type() == PROTOINFO_TCP) {
            readTcp(info.nested());
          }
        }
      }
      default -> {}
    }
  }

  private void readTcp(NetlinkReader.Attributes tcp) {
    while (tcp.next()) {
      if (tcp.type() == PROTOINFO_TCP_STATE) {
        tcpState = (int) tcp.number();
      }
    }
  }

  IpAddress destination() {
    return destination;
  }

  /** The kernel's number for it; the next entry of the same tuple has another one. */
  long id() {
    return id;
  }

  /** Until the kernel forgets it if no packet comes; below 0 when it does not say. */
  long timeoutSeconds() {
    return timeoutSeconds;
  }

  /**
   * Whether it can go without harm to anybody:
   *
   * <ul>
   *   <li>TCP in TIME_WAIT: both ends have closed and acknowledged.
   *   <li>TCP in CLOSE: a reset with exactly the expected number; a doubtful one leaves the state.
   *   <li>TCP in SYN_SENT without any reply: the server has never answered.
   * </ul>
   *
   * Everything else stays. Half closed TCP may carry data for hours. UDP without a reply may be a
   * stream in one direction; if it is none, the kernel forgets it within 30 s by itself. What is
   * offloaded shows no state.
   */
  boolean isOver() {
    if (protocol != TCP || id < 0 || (status & OFFLOADED) != 0) {
      return false;
    }
    boolean unanswered = tcpState == SYN_SENT && (status & SEEN_REPLY) == 0;
    return tcpState == TIME_WAIT || tcpState == CLOSE || unanswered;
  }

  /**
   * Whether it was made while no rule rewrote, and keeps later packets from being rewritten. What
   * has had a reply is alive all the same: a transparent proxy takes packets without rewriting.
   */
  boolean isLost() {
    boolean unanswered = id >= 0 && (status & (SEEN_REPLY | OFFLOADED)) == 0;
    return (status & DST_NAT) == 0 && (unanswered || isOver());
  }

  /** Names this very entry in a question: the tuple as the kernel wrote it, zone and number. */
  NetlinkWriter identify(NetlinkWriter question) {
    question.putBytes(TUPLE_ORIG | NESTED, tuple).putInt(ID, (int) id);
    if (zone != 0) {
      question.putShort(ZONE, zone);
    }
    return question;
  }

  @Override
  public String toString() {
    return destination + " protocol " + protocol + " state " + tcpState + " status " + status;
  }
}
