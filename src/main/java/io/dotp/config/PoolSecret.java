package io.dotp.config;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The 16 bytes that decide which fake a key gets; never printed.
 *
 * @param high the first eight, in network order
 * @param low the others
 */
public record PoolSecret(long high, long low) {
  private static final int DIGITS = 32;

  /**
   * Reads 32 hexadecimal digits.
   *
   * @return null when {@code text} is anything else
   */
  static @Nullable PoolSecret parse(String text) {
    if (text.length() != DIGITS || !text.chars().allMatch(HexFormat::isHexDigit)) {
      return null;
    }
    return new PoolSecret(
        HexFormat.fromHexDigitsToLong(text, 0, DIGITS / 2),
        HexFormat.fromHexDigitsToLong(text, DIGITS / 2, DIGITS));
  }

  /** As the file {@code pool-key} of the state directory has them. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low).array();
  }

  @Override
  public String toString() {
    return "PoolSecret[hidden]";
  }
}
