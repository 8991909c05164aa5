package io.dotp.ip;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A network: all addresses that share the first {@code length} bits. Host bits are zero. */
public record IpPrefix(IpAddress network, int length) {
  public IpPrefix {
    if (length < 0 || length > network.family().bits()) {
      throw new IllegalArgumentException("prefix length " + length);
    }
    network =
        new IpAddress(
            network.family(),
            network.high() & highMask(network.family(), length),
            network.low() & lowMask(network.family(), length));
  }

  /**
   * Parses {@code ADDRESS/LENGTH} or a single address; host bits are cleared.
   *
   * @return null when {@code text} is neither
   */
  public static @Nullable IpPrefix parse(String text) {
    int slash = text.indexOf('/');
    IpAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    int length = slash < 0 ? address.family().bits() : digits(text.substring(slash + 1));
    return length < 0 || length > address.family().bits() ? null : new IpPrefix(address, length);
  }

  /** Each once, without those that lie within another: some versions of nft refuse overlaps. */
  public static List<IpPrefix> widest(List<IpPrefix> prefixes) {
    return prefixes.stream()
        .distinct()
        .filter(
            prefix ->
                prefixes.stream()
                    .noneMatch(
                        other -> other.length < prefix.length && other.contains(prefix.network)))
        .toList();
  }

  public Family family() {
    return network.family();
  }

  public boolean contains(IpAddress address) {
    return address.family() == family()
        && ((address.high() ^ network.high()) & highMask(family(), length)) == 0
        && ((address.low() ^ network.low()) & lowMask(family(), length)) == 0;
  }

  public boolean overlaps(IpPrefix other) {
    return length <= other.length ? contains(other.network) : other.contains(network);
  }

  /** The IPv4 prefix for one of IPv4-mapped addresses, otherwise this. */
  public IpPrefix unmapped() {
    IpAddress plain = network.unmapped();
    return plain.equals(network) || length < 96 ? this : new IpPrefix(plain, length - 96);
  }

  /** Number of bits that an address may choose freely: 32 or 128 less {@link #length}. */
  public int hostBits() {
    return family().bits() - length;
  }

  /**
   * The address whose host part is {@code index}.
   *
   * @param index unsigned; bits beyond {@link #hostBits} must be zero
   */
  public IpAddress addressAt(long index) {
    if (hostBits() < 64 && index >>> hostBits() != 0) {
      throw new IllegalArgumentException(
          "index " + Long.toUnsignedString(index) + " outside " + this);
    }
    return new IpAddress(family(), network.high(), network.low() | index);
  }

  /** Inverse of {@link #addressAt} for prefixes of at most 64 host bits. */
  public long indexOf(IpAddress address) {
    if (!contains(address)) {
      throw new IllegalArgumentException(address + " is not in " + this);
    }
    return address.low() & ~lowMask(family(), length);
  }

  @Override
  public String toString() {
    return network + "/" + length;
  }

  private static int digits(String text) {
    if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return Integer.parseInt(text);
  }

  private static long highMask(Family family, int length) {
    if (family == Family.IPV4 || length == 0) {
      return 0;
    }
    return length >= 64 ? -1L : -1L << 64 - length;
  }

  private static long lowMask(Family family, int length) {
    if (family == Family.IPV4) {
      return length == 0 ? 0 : -1L << 32 - length & 0xffff_ffffL;
    }
    return length <= 64 ? 0 : -1L << 128 - length;
  }
}
