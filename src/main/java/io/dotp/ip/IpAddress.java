package io.dotp.ip;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * One IPv4 or IPv6 address as a value.
 *
 * <p>Shape: {@code high} and {@code low} are the 128 bits of an IPv6 address in network order; an
 * IPv4 address is the unsigned 32 bits of {@code low} and {@code high} is 0. An IPv4-mapped IPv6
 * address stays an IPv6 address; {@link #embeddedIpv4} tells what it hides.
 */
public record IpAddress(Family family, long high, long low) implements Comparable<IpAddress> {
  public IpAddress {
    if (family == Family.IPV4 && (high != 0 || low >>> 32 != 0)) {
      throw new IllegalArgumentException("an IPv4 address has 32 bits");
    }
  }

  public static IpAddress ofIpv4(int bits) {
    return new IpAddress(Family.IPV4, 0, Integer.toUnsignedLong(bits));
  }

  public static IpAddress ofIpv6(long high, long low) {
    return new IpAddress(Family.IPV6, high, low);
  }

  /** Reads 4 or 16 bytes in network order, beginning at {@code offset}. */
  public static IpAddress ofBytes(Family family, byte[] bytes, int offset) {
    if (family == Family.IPV4) {
      return new IpAddress(Family.IPV4, 0, bigEndian(bytes, offset, 4));
    }
    return new IpAddress(Family.IPV6, bigEndian(bytes, offset, 8), bigEndian(bytes, offset + 8, 8));
  }

  /** The bytes of an {@code InetAddress}; a scope is dropped. */
  public static IpAddress of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ofBytes(bytes.length == 4 ? Family.IPV4 : Family.IPV6, bytes, 0);
  }

  /**
   * Parses a literal; never asks a resolver.
   *
   * @return null when {@code text} is no address literal
   */
  public static @Nullable IpAddress parse(String text) {
    return IpLiteral.parse(text);
  }

  /** 4 or 16 bytes in network order. */
  public byte[] toBytes() {
    byte[] bytes = new byte[family.bytes()];
    long word = low;
    for (int i = bytes.length - 1; i >= 0; i--) {
      bytes[i] = (byte) word;
      word = i == 8 ? high : word >>> 8;
    }
    return bytes;
  }

  /** The same bits for {@code java.net}; an IPv4-mapped address stays an {@code Inet6Address}. */
  public InetAddress toInetAddress() {
    try {
      return family == Family.IPV4
          ? InetAddress.getByAddress(null, toBytes())
          : Inet6Address.getByAddress(null, toBytes(), -1);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of legal length was refused", e);
    }
  }

  /**
   * The IPv4 address inside an IPv6 one: mapped (::ffff:0:0/96), compatible (::/96), NAT64
   * (64:ff9b::/96) or 6to4 (2002::/16).
   *
   * @return null when nothing is embedded; :: and ::1 embed nothing
   */
  public @Nullable IpAddress embeddedIpv4() {
    if (family == Family.IPV4) {
      return null;
    }
    int lowWord = (int) low;
    boolean mapped = high == 0 && low >>> 32 == 0xffffL;
    boolean compatible = high == 0 && low >>> 32 == 0 && (low & ~1L) != 0;
    boolean nat64 = high == 0x0064_ff9b_0000_0000L && low >>> 32 == 0;
    if (mapped || compatible || nat64) {
      return ofIpv4(lowWord);
    }
    return high >>> 48 == 0x2002 ? ofIpv4((int) (high >>> 16)) : null;
  }

  /**
   * The IPv4 address for an IPv4-mapped one, otherwise this: how a dual-stack socket's peer reads.
   */
  public IpAddress unmapped() {
    return family == Family.IPV6 && high == 0 && low >>> 32 == 0xffffL ? ofIpv4((int) low) : this;
  }

  @Override
  public int compareTo(IpAddress other) {
    int byFamily = family.compareTo(other.family);
    if (byFamily != 0) {
      return byFamily;
    }
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /** Dotted quad, or the canonical text of RFC 5952. */
  @Override
  public String toString() {
    return family == Family.IPV4
        ? IpLiteral.formatIpv4((int) low)
        : IpLiteral.formatIpv6(high, low);
  }

  private static long bigEndian(byte[] bytes, int offset, int count) {
    long word = 0;
    for (int i = 0; i < count; i++) {
      word = word << 8 | (bytes[offset + i] & 0xff);
    }
    return word;
  }
}
