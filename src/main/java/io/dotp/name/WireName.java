package io.dotp.name;

/**
 * A reusable canonical name of the hot path: filled by a parser, read by the matcher, never kept.
 *
 * <p>Shape: {@code bytes[0..length)} is a canonical wire name, root label included, so {@code
 * length} is 1 to 255. Thread: owned by one thread.
 */
public final class WireName {
  /** Longest name in wire form, RFC 1035 section 2.3.4. */
  public static final int MAX_LENGTH = 255;

  private final byte[] bytes = new byte[MAX_LENGTH];
  private int length;

  /** The backing array; only the first {@link #length} bytes count. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /** Says how many bytes of {@link #bytes} the writer has filled. */
  public void length(int newLength) {
    length = newLength;
  }

  /** A copy that may be kept. */
  public DomainName toDomainName() {
    return DomainName.ofCanonical(bytes, length);
  }
}
