package io.dotp.nat.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of the authors' reference implementation: key 00 01 … 0f, message 00 01 02 …. */
class SipHashTest {
  private static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 726fdb47dd0e0e31",
    "1, 74f839c593dc67fd",
    "2, 0d6c8009d9a94f5a",
    "3, 85676696d7fb7e2d",
    "4, cf2794e0277187b7",
    "5, 18765564cd99a68d",
    "6, cbc9466e58fee3ce",
    "7, ab0200f58b01d137",
    "8, 93f5f5799a932462",
    "9, 9e0082df0ba9e4b0",
    "10, 7a5dbbc594ddb9f3",
    "11, f4b32f46226bada7",
    "12, 751e8fbc860ee5fb",
    "13, 14ea5627c0843d90",
    "14, f723ca908e7af2ee",
    "15, a129ca6149be45e5",
  })
  void of_referenceMessage_isReferenceValue(int length, String expected) {
    SipHash hash = new SipHash(counting(SipHash.KEY_BYTES));

    long value = hash.of(counting(length));

    assertThat(value).isEqualTo(Long.parseUnsignedLong(expected, 16));
  }

  @Test
  void of_otherKey_isOtherValue() {
    byte[] key = counting(SipHash.KEY_BYTES);
    long one = new SipHash(key).of(counting(8));
    key[15] ^= 1;

    long other = new SipHash(key).of(counting(8));

    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void new_shortKey_isRejected() {
    assertThatThrownBy(() -> new SipHash(counting(15)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
