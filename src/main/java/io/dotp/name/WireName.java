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

  /** Longest label without its length octet, RFC 1035 section 2.3.4. */
  public static final int MAX_LABEL_LENGTH = 63;

  /** Most labels of a name, the root label not counted: each takes two bytes or more. */
  public static final int MAX_LABELS = (MAX_LENGTH - 1) / 2;

  private final byte[] bytes;
  private final short[] labelStarts;
  private int length;

  public WireName() {
    this(new byte[MAX_LENGTH], 0);
  }

  private WireName(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
    labelStarts = new short[bytes.length / 2];
  }

  /** One name alone, not to be filled again; takes {@code canonical} over. */
  public static WireName of(byte[] canonical) {
    return new WireName(canonical, canonical.length);
  }

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

  /**
   * Finds where the labels begin, for {@link #labelStart}; to be called again after the bytes have
   * changed.
   *
   * @return how many labels the name has, the root label not counted, 0 to {@link #MAX_LABELS}
   */
  public int splitLabels() {
    int count = 0;
    for (int at = 0; bytes[at] != 0; at += bytes[at] + 1) {
      labelStarts[count++] = (short) at;
    }
    return count;
  }

  /**
   * Offset of the length octet of a label.
   *
   * @param label 0 for the leftmost, less than what {@link #splitLabels} gave
   */
  public int labelStart(int label) {
    return labelStarts[label];
  }

  /** A copy that may be kept. */
  public DomainName toDomainName() {
    return DomainName.ofCanonical(bytes, length);
  }
}
