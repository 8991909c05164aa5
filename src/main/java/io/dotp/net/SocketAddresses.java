package io.dotp.net;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Reads and writes struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)) in memory of native byte
 * order: the family and the scope in that order, port and address in network order.
 */
final class SocketAddresses {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int IPV4_LENGTH = 16;
  static final int IPV6_LENGTH = 28;

  private static final long MAPPED = 0xffff_0000_0000L;

  private SocketAddresses() {}

  /** The address at {@code offset}; an IPv4-mapped one becomes IPv4. */
  static InetSocketAddress read(ByteBuffer memory, int offset) {
    int port = (memory.get(offset + 2) & 0xff) << 8 | memory.get(offset + 3) & 0xff;
    boolean ipv4 = memory.getShort(offset) == AF_INET;
    IpAddress address = ipv4 ? readIpv4(memory, offset + 4) : readIpv6(memory, offset + 8);
    int scope =
        address.family() == Family.IPV6 && LocalAddress.isLinkLocal(address)
            ? memory.getInt(offset + 24)
            : 0;
    return new InetSocketAddress(inetAddress(address, scope), port);
  }

  private static InetAddress inetAddress(IpAddress address, int scope) {
    if (scope == 0) {
      return address.toInetAddress();
    }
    try {
      return Inet6Address.getByAddress(null, address.toBytes(), scope);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of legal length was refused", e);
    }
  }

  static IpAddress readIpv4(ByteBuffer memory, int offset) {
    return IpAddress.ofIpv4((int) bigEndian(memory, offset, 4));
  }

  /** An IPv4-mapped address becomes IPv4. */
  static IpAddress readIpv6(ByteBuffer memory, int offset) {
    return IpAddress.ofIpv6(bigEndian(memory, offset, 8), bigEndian(memory, offset + 8, 8))
        .unmapped();
  }

  private static long bigEndian(ByteBuffer memory, int offset, int count) {
    long word = 0;
    for (int i = 0; i < count; i++) {
      word = word << 8 | memory.get(offset + i) & 0xff;
    }
    return word;
  }

  /**
   * Writes where a datagram goes.
   *
   * @param ipv6Socket whether the socket is AF_INET6, which takes IPv4 as mapped addresses only
   * @param scope interface index of a link-local destination that names none
   * @return the length written
   */
  static int write(
      ByteBuffer memory, int offset, InetSocketAddress to, boolean ipv6Socket, int scope) {
    IpAddress address = IpAddress.of(to.getAddress());
    memory.put(offset + 2, (byte) (to.getPort() >>> 8));
    memory.put(offset + 3, (byte) to.getPort());
    if (!ipv6Socket) {
      memory.putShort(offset, (short) AF_INET);
      writeIpv4(memory, offset + 4, address);
      memory.putLong(offset + 8, 0);
      return IPV4_LENGTH;
    }
    memory.putShort(offset, (short) AF_INET6);
    memory.putInt(offset + 4, 0);
    writeIpv6(memory, offset + 8, address);
    int own = to.getAddress() instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0;
    boolean scoped = address.family() == Family.IPV6 && LocalAddress.isLinkLocal(address);
    memory.putInt(offset + 24, scoped && own == 0 ? scope : own);
    return IPV6_LENGTH;
  }

  static void writeIpv4(ByteBuffer memory, int offset, IpAddress address) {
    putBigEndian(memory, offset, address.low() << 32, 4);
  }

  /** IPv4 is written as mapped. */
  static void writeIpv6(ByteBuffer memory, int offset, IpAddress address) {
    boolean ipv4 = address.family() == Family.IPV4;
    putBigEndian(memory, offset, address.high(), 8);
    putBigEndian(memory, offset + 8, ipv4 ? MAPPED | address.low() : address.low(), 8);
  }

  private static void putBigEndian(ByteBuffer memory, int offset, long word, int count) {
    for (int i = 0; i < count; i++) {
      memory.put(offset + i, (byte) (word >>> 56 - 8 * i));
    }
  }
}
