package io.dotp.config;

import org.jspecify.annotations.Nullable;

/**
 * Bits of the packet mark.
 *
 * @param bits that are set, within {@code mask}
 * @param mask bits that are written
 */
record PacketMark(int bits, int mask) {
  /**
   * Reads two keys; without a mask it is the bits of the mark. What cannot be read is noted.
   *
   * @return null when there is none
   */
  static @Nullable PacketMark read(SettingReader reader, String key, String maskKey) {
    Setting given = reader.settings().one(key);
    Setting mask = reader.settings().one(maskKey);
    if (given == null) {
      if (mask != null) {
        reader.mistake(mask, "says nothing without " + key);
      }
      return null;
    }
    int bits = number(reader, given);
    int writable = mask == null ? bits : number(reader, mask);
    if (bits == 0 || writable == 0) {
      return null;
    }
    if ((bits & ~writable) != 0) {
      reader.mistake(
          given, "the bits " + hex(bits) + " are not all in " + maskKey + " " + hex(writable));
      return null;
    }
    return new PacketMark(bits, writable);
  }

  /** Whether a packet with this mark is taken for one with {@code other}. */
  boolean looksLike(PacketMark other) {
    return (bits & other.mask) == other.bits;
  }

  static String hex(int bits) {
    return "0x" + Integer.toHexString(bits);
  }

  /** 0 when it is none, which is noted. */
  private static int number(SettingReader reader, Setting given) {
    String text = given.text();
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    int radix = hex ? 16 : 10;
    boolean fits =
        !digits.isEmpty()
            && digits.length() <= 10
            && digits.chars().allMatch(c -> c < 128 && Character.digit(c, radix) >= 0);
    long number = fits ? Long.parseLong(digits, radix) : 0;
    if (number < 1 || number > 0xffff_ffffL) {
      reader.mistake(given, "'" + text + "' is no mark from 1 to 0xffffffff, for example 0x100");
      return 0;
    }
    return (int) number;
  }
}
