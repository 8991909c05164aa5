package io.dotp.ip;

/** Address family; the order of the constants is the order in every report. */
public enum Family {
  IPV4(32),
  IPV6(128);

  private final int bits;

  Family(int bits) {
    this.bits = bits;
  }

  /** Length of an address in bits. */
  public int bits() {
    return bits;
  }

  /** Length of an address in bytes. */
  public int bytes() {
    return bits / 8;
  }
}
