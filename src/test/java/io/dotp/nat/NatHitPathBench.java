package io.dotp.nat;

import static io.dotp.nat.WriterRig.real;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.journal.NoJournal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
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

/** What a listed name costs when its mapping lives: look-up and renewal, 100,000 mappings. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NatHitPathBench {
  private static final int MAPPINGS = 100_000;
  private static final int QUERIES = 1 << 16;

  private final NatController controller =
      new NatController(
          WriterRig.settings("198.18.0.0/15"),
          NatKernel.pretended(new ModelKernel(200_000)::opened, System::nanoTime),
          new NoJournal(),
          new NatMetrics(),
          System::nanoTime);
  private final PatientLoop loop = new PatientLoop();
  private final List<List<IpAddress>> queries = new ArrayList<>();
  private @Nullable AcquireResult last;

  /** Where each thread is in the queries. */
  @State(Scope.Thread)
  public static class Position {
    private int next = (int) Thread.currentThread().getId() * 7919;
  }

  /** Maps everything. */
  @Setup
  public void map() throws InterruptedException {
    controller.start();
    for (int from = 0; from < MAPPINGS; from += 5000) {
      List<IpAddress> reals = new ArrayList<>();
      for (int i = from; i < from + 5000; i++) {
        reals.add(real(i));
      }
      CountDownLatch told = new CountDownLatch(1);
      controller.acquire(Wanted.of(RouteId.DEFAULT, reals), loop, result -> told.countDown());
      told.await();
    }
    Random random = new Random(1);
    for (int i = 0; i < QUERIES; i++) {
      queries.add(List.of(real(random.nextInt(MAPPINGS))));
    }
  }

  /** Ends the writer. */
  @TearDown
  public void stop() {
    controller.close();
    loop.shutdownNow();
  }

  /** One address that lives. */
  @Benchmark
  public @Nullable AcquireResult hit(Position position) {
    controller.acquire(
        Wanted.of(RouteId.DEFAULT, queries.get(position.next++ & QUERIES - 1)),
        loop,
        result -> last = result);
    return last;
  }
}
