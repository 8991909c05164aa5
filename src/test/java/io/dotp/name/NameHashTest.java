package io.dotp.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The polynomial against big numbers, and how its values spread. */
class NameHashTest {
  private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(61).subtract(BigInteger.ONE);

  /** The same label at the end of an array and with room behind it, read in two ways. */
  @Property
  void append_anyLabel_isThePolynomial(
      @ForAll @Size(min = 1, max = 63) byte[] label, @ForAll long seed) {
    NameHash hash = new NameHash(new Random(seed));
    byte[] tight = new byte[label.length + 1];
    tight[0] = (byte) label.length;
    System.arraycopy(label, 0, tight, 1, label.length);
    byte[] roomy = Arrays.copyOf(tight, tight.length + 8);
    Arrays.fill(roomy, tight.length, roomy.length, (byte) 0xa5);

    long state = hash.append(hash.root(), tight, 0);

    assertThat(hash.append(hash.root(), roomy, 0)).isEqualTo(state);
    assertThat(BigInteger.valueOf(state).mod(PRIME)).isEqualTo(reference(tight, seed));
    assertThat(state).isNotNegative();
  }

  @Test
  void finish_neighbouringNames_spreadOverTheBuckets() {
    NameHash hash = new NameHash(new Random(7));
    int[] buckets = new int[1024];
    Set<Long> hashes = new HashSet<>();
    for (int i = 0; i < 100 * buckets.length; i++) {
      byte[] label = {3, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      long finished = hash.finish(hash.append(hash.root(), label, 0));
      hashes.add(finished);
      buckets[(int) (finished >>> 54)]++;
    }

    assertThat(hashes).hasSize(100 * buckets.length);
    for (int count : buckets) {
      assertThat(count).isBetween(50, 160);
    }
  }

  @Test
  void finish_otherKey_isAnotherHash() {
    byte[] label = {3, 'c', 'o', 'm'};
    NameHash one = new NameHash(new Random(1));
    NameHash other = new NameHash(new Random(2));

    long first = one.finish(one.append(one.root(), label, 0));
    long second = other.finish(other.append(other.root(), label, 0));

    assertThat(first).isNotEqualTo(second);
  }

  private static BigInteger reference(byte[] wire, long seed) {
    BigInteger point = BigInteger.valueOf(new Random(seed).nextLong() & (1L << 61) - 1);
    BigInteger state = BigInteger.ZERO;
    for (int at = 0; at < wire.length; at += 7) {
      BigInteger chunk = BigInteger.ZERO;
      for (int i = Math.min(at + 7, wire.length) - 1; i >= at; i--) {
        chunk = chunk.shiftLeft(8).or(BigInteger.valueOf(wire[i] & 0xff));
      }
      state = state.add(chunk).multiply(point).mod(PRIME);
    }
    return state;
  }
}
