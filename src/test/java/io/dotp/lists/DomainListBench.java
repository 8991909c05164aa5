package io.dotp.lists;

import io.dotp.config.RouteId;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.dotp.policy.MillionNames;
import io.dotp.policy.Policy;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A list of a million names, from the file to the decision; the rival is a set of texts that is
 * read from the same file. {@code main} tells heap and time of the first load, which no average
 * has.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DomainListBench {
  private static final int NAMES = 1_000_000;

  /** More than the caches hold, so that a look-up finds cold lines as it does between packets. */
  private static final int QUERIES = 1 << 16;

  private final byte[][] packets = new byte[QUERIES][];
  private final String[] texts = new String[QUERIES];
  private final WireName query = new WireName();
  private Path file = Path.of("");
  private Set<String> strings = new HashSet<>();
  private Policy policy = Policy.of(List.of());
  private int next;

  /** Writes the list, reads it both ways, and makes queries of which half are listed. */
  @Setup
  public void load() throws IOException {
    file = write();
    policy = loadPolicy();
    strings = loadStrings();
    Random random = new Random(2);
    for (int i = 0; i < QUERIES; i++) {
      texts[i] = "www." + MillionNames.text(random.nextInt(2 * NAMES));
      byte[] wire = new byte[WireName.MAX_LENGTH];
      packets[i] = Arrays.copyOf(wire, DomainName.parse(texts[i]).copyTo(wire, 0));
      DomainName.parse(texts[i]).copyTo(packets[i], 0);
    }
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(file);
  }

  private static Path write() throws IOException {
    Path list = Files.createTempFile("dotp-bench", ".list");
    try (BufferedWriter out = Files.newBufferedWriter(list)) {
      for (int i = 0; i < NAMES; i++) {
        out.write(MillionNames.text(i));
        out.write('\n');
      }
    }
    return list;
  }

  /** The product's way. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public Policy loadPolicy() {
    ListResult result = new DomainListParser(ListLimits.DEFAULT).parse(ListSource.of(file));
    if (!(result instanceof ListResult.Loaded loaded)) {
      throw new IllegalStateException(result.toString());
    }
    return new Policy.Builder().add(RouteId.DEFAULT, null, List.of(loaded.rules())).build();
  }

  /** The plain way, without a check of the names. */
  @Benchmark
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  public Set<String> loadStrings() throws IOException {
    Set<String> set = new HashSet<>();
    try (var lines = Files.lines(file)) {
      lines.forEach(line -> set.add(line.toLowerCase(Locale.ROOT)));
    }
    return set;
  }

  /** The product's way, with one reused name that is filled from a packet. */
  @Benchmark
  public @Nullable Object decide() {
    byte[] packet = packets[next++ & QUERIES - 1];
    System.arraycopy(packet, 0, query.bytes(), 0, packet.length);
    query.length(packet.length);
    return policy.decide(query);
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

  /** Heap and time of both ways in a fresh virtual machine. */
  public static void main(String[] arguments) throws IOException {
    DomainListBench bench = new DomainListBench();
    bench.file = write();
    try {
      long empty = usedBytes();
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long cpu = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      Policy loaded = bench.loadPolicy();
      long policyNanos = System.nanoTime() - start;
      cpu = threads.getCurrentThreadCpuTime() - cpu;
      long policyBytes = usedBytes() - empty;
      start = System.nanoTime();
      Set<String> plain = bench.loadStrings();
      long stringsNanos = System.nanoTime() - start;
      long stringsBytes = usedBytes() - empty - policyBytes;
      System.out.printf(
          Locale.ROOT,
          "%d names: policy %.1f MB (%.1f MB counted) in %.2f s (%.2f s of a processor); set of"
              + " texts %.1f MB in %.2f s%n",
          plain.size(),
          policyBytes / 1e6,
          loaded.retainedBytes() / 1e6,
          policyNanos / 1e9,
          cpu / 1e9,
          stringsBytes / 1e6,
          stringsNanos / 1e9);
    } finally {
      bench.delete();
    }
  }

  private static long usedBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
