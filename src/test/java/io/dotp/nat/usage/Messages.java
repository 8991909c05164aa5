package io.dotp.nat.usage;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.netlink.NetlinkWriter;
import java.util.Map;

/** Builds the kernel's messages, as far as they are read. */
final class Messages {
  static final int TCP = 6;
  static final int UDP = 17;
  static final int CONFIRMED = 1 << 3;
  static final int SEEN_REPLY = 1 << 1;
  static final int DST_NAT = 1 << 5;
  static final int OFFLOADED = 1 << 14;

  private Messages() {}

  /** An element message of a set; a time of 0 stands for an element without one. */
  static void elements(NetlinkWriter writer, Map<IpAddress, Long> millisLeft) {
    writer.begin(10 << 8 | 12, 0, 1).netfilter(1, 0);
    writer.putString(1, "dotp").putString(2, "used");
    int list = writer.beginNest(3);
    millisLeft.forEach(
        (fake, millis) -> {
          int element = writer.beginNest(1);
          int key = writer.beginNest(1);
          writer.putBytes(1, fake.toBytes());
          writer.endNest(key);
          if (millis > 0) {
            writer.putBytes(4, big(120_000)).putBytes(5, big(millis));
          }
          writer.endNest(element);
        });
    writer.endNest(list);
    writer.end();
  }

  /**
   * A flow of a client to a fake.
   *
   * @param tcpState below 0 for a protocol without states
   */
  static void flow(NetlinkWriter writer, IpAddress fake, int protocol, int status, int tcpState) {
    writer.begin(1 << 8, 0, 1).netfilter(fake.family() == Family.IPV4 ? 2 : 10, 0);
    tuple(writer, 1, fake, protocol);
    tuple(writer, 2, fake.family() == Family.IPV4 ? REAL4 : REAL6, protocol);
    writer.putInt(3, status).putInt(7, 119).putInt(12, 0xfedcba98).putShort(18, 7);
    if (tcpState >= 0) {
      int info = writer.beginNest(4);
      int tcp = writer.beginNest(1);
      writer.putByte(1, tcpState);
      writer.endNest(tcp);
      writer.endNest(info);
    }
    writer.end();
  }

  private static final IpAddress REAL4 = IpAddress.ofIpv4(0xcb00710a);
  private static final IpAddress REAL6 = IpAddress.ofIpv6(0x20010db800000000L, 10);

  private static void tuple(NetlinkWriter writer, int type, IpAddress destination, int protocol) {
    boolean ipv4 = destination.family() == Family.IPV4;
    int tuple = writer.beginNest(type);
    int addresses = writer.beginNest(1);
    writer.putBytes(ipv4 ? 1 : 3, new byte[destination.family().bytes()]);
    writer.putBytes(ipv4 ? 2 : 4, destination.toBytes());
    writer.endNest(addresses);
    int proto = writer.beginNest(2);
    writer.putByte(1, protocol).putShort(2, 40_000).putShort(3, 443);
    writer.endNest(proto);
    writer.endNest(tuple);
  }

  private static byte[] big(long number) {
    return java.nio.ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
