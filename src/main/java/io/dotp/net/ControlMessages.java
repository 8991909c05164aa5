package io.dotp.net;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the control messages (cmsg(3)) that name the own end of a datagram: IP_PKTINFO
 * of ip(7) and IPV6_PKTINFO of RFC 3542 section 6, in memory of native byte order.
 *
 * <p>Shape: struct cmsghdr of an LP64 system (x86-64, aarch64): length as 64 bits, level, type,
 * then the data; each message begins at a multiple of 8.
 */
final class ControlMessages {
  /** Room for one message of each kind that {@link #destination} knows. */
  static final int SPACE = 128;

  static final int SOL_IP = 0;
  static final int IP_PKTINFO = 8;
  static final int SOL_IPV6 = 41;
  static final int IPV6_RECVPKTINFO = 49;

  private static final int IPV6_PKTINFO = 50;
  private static final int HEADER = 16;
  private static final int IPV4_DATA = 12;
  private static final int IPV6_DATA = 20;

  private ControlMessages() {}

  /**
   * Where a received datagram went.
   *
   * @param length bytes that the kernel wrote at {@code offset}
   * @return null when no message tells
   */
  static @Nullable LocalAddress destination(ByteBuffer memory, int offset, int length) {
    LocalAddress found = null;
    int end = offset + length;
    int at = offset;
    while (end - at >= HEADER) {
      long size = memory.getLong(at);
      if (size < HEADER || size > end - at) {
        return found;
      }
      LocalAddress told = told(memory, at, (int) size - HEADER);
      // A socket of both families gets both kinds for IPv4; ours knows the address to answer from.
      if (told != null && (found == null || memory.getInt(at + 8) == SOL_IP)) {
        found = told;
      }
      at += aligned((int) size);
    }
    return found;
  }

  private static @Nullable LocalAddress told(ByteBuffer memory, int message, int length) {
    int level = memory.getInt(message + 8);
    int type = memory.getInt(message + 12);
    int data = message + HEADER;
    if (level == SOL_IP && type == IP_PKTINFO && length >= IPV4_DATA) {
      // ipi_spec_dst, not ipi_addr: the latter is a broadcast address when the query was one.
      IpAddress address = SocketAddresses.readIpv4(memory, data + 4);
      return new LocalAddress(address, memory.getInt(data));
    }
    if (level == SOL_IPV6 && type == IPV6_PKTINFO && length >= IPV6_DATA) {
      return new LocalAddress(SocketAddresses.readIpv6(memory, data), memory.getInt(data + 16));
    }
    return null;
  }

  /**
   * Writes where a datagram leaves from. IPv4 takes IP_PKTINFO on a socket of both families too.
   *
   * @param interfaceIndex 0 leaves the interface to the routes
   * @return the length written
   */
  static int writeSource(ByteBuffer memory, int offset, IpAddress source, int interfaceIndex) {
    boolean ipv4 = source.family() == Family.IPV4;
    int data = offset + HEADER;
    int length = HEADER + (ipv4 ? IPV4_DATA : IPV6_DATA);
    memory.putLong(offset, length);
    memory.putInt(offset + 8, ipv4 ? SOL_IP : SOL_IPV6);
    memory.putInt(offset + 12, ipv4 ? IP_PKTINFO : IPV6_PKTINFO);
    if (ipv4) {
      memory.putInt(data, interfaceIndex);
      SocketAddresses.writeIpv4(memory, data + 4, source);
      memory.putInt(data + 8, 0);
    } else {
      SocketAddresses.writeIpv6(memory, data, source);
      memory.putInt(data + 16, interfaceIndex);
    }
    return aligned(length);
  }

  private static int aligned(int length) {
    return length + 7 & ~7;
  }
}
