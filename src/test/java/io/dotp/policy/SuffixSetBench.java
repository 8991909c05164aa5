package io.dotp.policy;

import io.dotp.name.WireName;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A million names: half of the queries are listed; the rival is a set of texts, asked by suffix.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SuffixSetBench {
  private static final int NAMES = 1_000_000;

  /** More than the caches hold, so that a look-up finds cold lines as it does between packets. */
  private static final int QUERIES = 1 << 16;

  private final byte[][] packets = new byte[QUERIES][];
  private final WireName query = new WireName();
  private final String[] texts = new String[QUERIES];
  private final Set<String> strings = new HashSet<>();
  private SuffixSet set = new SuffixSet.Builder(new Random(1)).build();
  private int next;

  /** Builds both sets and random queries. */
  @Setup
  public void fill() {
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(1));
    for (int i = 0; i < NAMES; i++) {
      builder.add(MillionNames.name(i), i & 7);
      strings.add(MillionNames.text(i));
    }
    set = builder.build();
    Random random = new Random(2);
    for (int i = 0; i < QUERIES; i++) {
      int index = random.nextInt(2 * NAMES);
      MillionNames.fill(query, "www", index);
      packets[i] = Arrays.copyOf(query.bytes(), query.length());
      texts[i] = "www." + MillionNames.text(index);
    }
  }

  /** The product's way, with one reused name that is filled from a packet. */
  @Benchmark
  public int suffixSet() {
    byte[] packet = packets[next++ & QUERIES - 1];
    System.arraycopy(packet, 0, query.bytes(), 0, packet.length);
    query.length(packet.length);
    return set.longestMatch(query);
  }

  /** The plain way. */
  @Benchmark
  public boolean hashSetOfStrings() {
    String text = texts[next++ & QUERIES - 1];
    for (int at = 0; at >= 0; ) {
      if (strings.contains(text.substring(at))) {
        return true;
      }
      int dot = text.indexOf('.', at);
      at = dot < 0 ? -1 : dot + 1;
    }
    return false;
  }

  /** The cost of making the set, without the parsing of texts. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public Object load() {
    SuffixSet.Builder builder = new SuffixSet.Builder(new Random(1));
    for (int i = 0; i < NAMES; i++) {
      builder.add(MillionNames.name(i), i & 7);
    }
    return builder.build();
  }
}
