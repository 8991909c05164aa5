package io.dotp.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Longest suffix, doubles, borders, hostile shapes, and what a look-up costs. */
class SuffixSetTest {
  /** Every name hashes alike with it: the worst key that there is. */
  private static final RandomGenerator ZERO = () -> 0;

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "example.com,          1",
    "www.example.com,      1",
    "a.b.c.example.com,    1",
    "deep.example.com,     2",
    "x.y.deep.example.com, 2",
    "org,                  3",
    "example.org,          3",
    "notexample.com,      -1",
    "example.com.net,     -1",
    "com,                 -1",
    "xample.com,          -1",
    "net,                 -1",
  })
  void longestMatch_ofTable_isTheValueOfTheLongestSuffix(String query, int expected) {
    SuffixSet set =
        set(new Random(1), List.of("example.com", "deep.example.com", "org"), List.of(1, 2, 3));

    int value = set.longestMatch(wire(query));

    assertThat(value).isEqualTo(expected);
  }

  @Test
  void longestMatch_emptySet_isNone() {
    SuffixSet set = new SuffixSet.Builder(new Random(1)).build();

    int value = set.longestMatch(wire("example.com"));

    assertThat(value).isEqualTo(SuffixSet.NONE);
    assertThat(set.size()).isZero();
  }

  @Test
  void longestMatch_rootListed_matchesEverything() {
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(1));
    builder.add(DomainName.ofCanonical(new byte[1], 1), 7);
    builder.add(DomainName.parse("example.com"), 8);
    SuffixSet set = builder.build();

    assertThat(set.longestMatch(wire("www.example.com"))).isEqualTo(8);
    assertThat(set.longestMatch(wire("example.org"))).isEqualTo(7);
    assertThat(set.longestMatch(root())).isEqualTo(7);
  }

  @Test
  void longestMatch_rootAsked_isNoneUnlessListed() {
    SuffixSet set = set(new Random(1), List.of("com"), List.of(1));

    int value = set.longestMatch(root());

    assertThat(value).isEqualTo(SuffixSet.NONE);
  }

  @Test
  void add_sameNameTwice_keepsTheFirst() {
    SuffixSet set =
        set(
            new Random(1),
            List.of("a.example", "b.example", "a.example", "c.example"),
            List.of(1, 2, 3, 4));

    assertThat(set.size()).isEqualTo(3);
    assertThat(set.longestMatch(wire("a.example"))).isEqualTo(1);
    assertThat(set.longestMatch(wire("b.example"))).isEqualTo(2);
    assertThat(set.longestMatch(wire("c.example"))).isEqualTo(4);
  }

  @Test
  void add_valueOutOfRange_isRefused() {
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(1));
    DomainName name = DomainName.parse("example.com");

    builder.add(name, SuffixSet.MAX_VALUE);

    assertThat(builder.build().longestMatch(wire("example.com"))).isEqualTo(SuffixSet.MAX_VALUE);
    assertThatThrownBy(() -> builder.add(name, SuffixSet.MAX_VALUE + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.add(name, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void longestMatch_allHashesCollide_isDecidedByBytes() {
    SuffixSet.Builder builder = new SuffixSet.Builder(ZERO);
    for (int i = 0; i < 300; i++) {
      builder.add(DomainName.parse("n" + i + ".example"), i);
    }
    SuffixSet set = builder.build();

    for (int i = 0; i < 300; i++) {
      assertThat(set.longestMatch(wire("www.n" + i + ".example"))).isEqualTo(i);
    }
    assertThat(set.longestMatch(wire("n300.example"))).isEqualTo(SuffixSet.NONE);
    assertThat(set.longestMatch(wire("example"))).isEqualTo(SuffixSet.NONE);
  }

  @Test
  void longestMatch_nameOf127Labels_findsItsSuffix() {
    String deepest = "a.".repeat(126) + "a";
    SuffixSet all = set(new Random(1), List.of(deepest, "a.a"), List.of(1, 2));
    SuffixSet shallow = set(new Random(1), List.of("a.a"), List.of(2));

    assertThat(all.longestMatch(wire(deepest))).isEqualTo(1);
    assertThat(all.longestMatch(wire("a.".repeat(125) + "a"))).isEqualTo(2);
    assertThat(shallow.longestMatch(wire(deepest))).isEqualTo(2);
  }

  @Test
  void longestMatch_labelWithDotInside_isNotTwoLabels() {
    byte[] dotted = {11, 'e', 'x', 'a', 'm', 'p', 'l', 'e', '.', 'c', 'o', 'm', 0};
    SuffixSet set = set(new Random(1), List.of("example.com", "com"), List.of(1, 2));
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(1));
    builder.add(DomainName.ofCanonical(dotted, dotted.length), 3);
    SuffixSet literal = builder.build();

    assertThat(set.longestMatch(wire(dotted))).isEqualTo(SuffixSet.NONE);
    assertThat(literal.longestMatch(wire(dotted))).isEqualTo(3);
    assertThat(literal.longestMatch(wire("example.com"))).isEqualTo(SuffixSet.NONE);
  }

  @Test
  void longestMatch_labelHoldsTheWireFormOfAListedName_doesNotMatch() {
    byte[] smuggled = {9, 'x', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0};
    SuffixSet set = set(new Random(1), List.of("example.com"), List.of(1));

    int value = set.longestMatch(wire(smuggled));

    assertThat(value).isEqualTo(SuffixSet.NONE);
  }

  @Test
  void longestMatch_warm_allocatesNothing() {
    SuffixSet set = set(new Random(1), List.of("example.com", "deep.example.com"), List.of(1, 2));
    WireName[] names = {
      wire("www.example.com"), wire("x.deep.example.com"), wire("a.".repeat(126) + "a")
    };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int lookUps = 20_000;
    long sum = matches(set, names, lookUps);

    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 5; attempt++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      sum += matches(set, names, lookUps);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }

    // One object per look-up would be 16 bytes times the look-ups; the bean itself takes a few.
    assertThat(least).isLessThan(lookUps);
    assertThat(sum).isPositive();
  }

  @Test
  void build_millionNames_fitsIn40Megabytes() {
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(1));
    for (int i = 0; i < 1_000_000; i++) {
      builder.add(MillionNames.name(i), i & 7);
    }
    SuffixSet set = builder.build();
    WireName query = new WireName();

    assertThat(set.size()).isEqualTo(1_000_000);
    assertThat(set.retainedBytes()).isLessThan(40_000_000);
    for (int i = 0; i < 1_000_000; i += 997) {
      MillionNames.fill(query, "www", i);
      assertThat(set.longestMatch(query)).isEqualTo(i & 7);
    }
  }

  private static long matches(SuffixSet set, WireName[] names, int lookUps) {
    long sum = 0;
    for (int i = 0; i < lookUps; i++) {
      sum += set.longestMatch(names[i % names.length]) + 2;
    }
    return sum;
  }

  private static SuffixSet set(RandomGenerator random, List<String> names, List<Integer> values) {
    SuffixSet.Builder builder = new SuffixSet.Builder(random);
    for (int i = 0; i < names.size(); i++) {
      builder.add(DomainName.parse(names.get(i)), values.get(i));
    }
    return builder.build();
  }

  private static WireName root() {
    return wire(new byte[1]);
  }

  private static WireName wire(byte[] name) {
    WireName wire = new WireName();
    System.arraycopy(name, 0, wire.bytes(), 0, name.length);
    wire.length(name.length);
    return wire;
  }

  private static WireName wire(String text) {
    WireName wire = new WireName();
    wire.length(DomainName.parse(text).copyTo(wire.bytes(), 0));
    return wire;
  }
}
