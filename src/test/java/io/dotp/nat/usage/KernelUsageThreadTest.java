package io.dotp.nat.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.e2e.Patience;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.metrics.NatMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread: requests join, results lie there once, bugs and slow readings do no harm. */
class KernelUsageThreadTest {
  private static final IpAddress A = IpAddress.ofIpv4(0xc6120001);
  private static final IpAddress B = IpAddress.ofIpv4(0xc6120002);

  private final NatMetrics metrics = new NatMetrics();
  private final Semaphore woken = new Semaphore(0);
  private final ScriptedReader reader = new ScriptedReader();
  private final KernelUsage usage =
      new KernelUsage(reader, metrics, System::nanoTime, woken::release);

  /** Answers as the test says, and can be held up in the middle. */
  private static final class ScriptedReader implements KernelUsage.Reader {
    private final List<Set<IpAddress>> asked = new ArrayList<>();
    private final List<Set<IpAddress>> mayDelete = new ArrayList<>();
    private final AtomicInteger uses = new AtomicInteger();
    private final AtomicInteger deletions = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final Semaphore begun = new Semaphore(0);
    private volatile boolean faulty;
    private volatile boolean closed;

    private void pass() {
      begun.release();
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (faulty) {
        throw new IllegalStateException("as the test wants");
      }
    }

    @Override
    public UseReading readUse() {
      int number = uses.incrementAndGet();
      pass();
      return new UseReading.InUse(number, Map.of());
    }

    @Override
    public FlowReading readFlows(Set<IpAddress> fakes, Set<IpAddress> deletable) {
      synchronized (asked) {
        asked.add(Set.copyOf(fakes));
        mayDelete.add(Set.copyOf(deletable));
      }
      pass();
      return new FlowReading.Flows(asked.size(), fakes, Set.of());
    }

    @Override
    public void pools(List<IpPrefix> pools) {}

    @Override
    public long deleteUnmapped() {
      pass();
      return deletions.incrementAndGet();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @AfterEach
  void close() {
    reader.gate.countDown();
    usage.close();
  }

  @Test
  void requests_beforeTheReadingBegins_joinIt() throws InterruptedException {
    usage.requestFlows(List.of(A), true);
    usage.requestFlows(List.of(A, B), false);
    usage.requestUse();
    usage.requestUse();
    usage.begin();
    woken.acquire(2);

    assertThat(reader.asked).containsExactly(Set.of(A, B));
    assertThat(reader.mayDelete).containsExactly(Set.of(A));
    assertThat(usage.use()).isEqualTo(new UseReading.InUse(1, Map.of()));
    assertThat(usage.use()).as("stays").isNotNull();
    assertThat(usage.takeFlows()).isEqualTo(new FlowReading.Flows(1, Set.of(A, B), Set.of()));
    assertThat(usage.takeFlows()).as("once").isNull();
    assertThat(metrics.useReadings.sum()).isEqualTo(1);
    assertThat(metrics.flowReadings.sum()).isEqualTo(1);
  }

  @Test
  void request_duringAReading_beginsAnother() throws InterruptedException {
    reader.gate = new CountDownLatch(1);
    usage.begin();
    usage.requestUse();
    reader.begun.acquire();
    usage.requestUse();
    reader.gate.countDown();
    woken.acquire(2);

    assertThat(usage.use()).isEqualTo(new UseReading.InUse(2, Map.of()));
  }

  @Test
  void bug_givesUnreadableAndTheThreadGoesOn() throws InterruptedException {
    reader.faulty = true;
    usage.begin();
    usage.requestUse();
    usage.requestFlows(List.of(A), true);
    usage.requestDeleteUnmapped();
    woken.acquire(2);

    assertThat(usage.use()).isInstanceOf(UseReading.Unreadable.class);
    FlowReading flows = usage.takeFlows();
    assertThat(flows).isInstanceOf(FlowReading.Unreadable.class);
    assertThat(flows.asked()).containsExactly(A);
    assertThat(metrics.bugs.sum()).isEqualTo(3);
    assertThat(metrics.usageUnreadable.sum()).isEqualTo(2);

    reader.faulty = false;
    usage.requestUse();
    usage.requestDeleteUnmapped();
    woken.acquire();
    assertThat(usage.use()).isInstanceOf(UseReading.InUse.class);
    Patience.until(() -> reader.deletions.get() == 1, () -> "no deletion");
  }

  @Test
  void tooManyFakes_areNotAskedAndCounted() throws InterruptedException {
    List<IpAddress> many =
        IntStream.range(0, KernelUsage.MOST_ASKED + 10).mapToObj(IpAddress::ofIpv4).toList();
    usage.requestFlows(many, false);
    usage.begin();
    woken.acquire();

    assertThat(reader.asked.get(0)).hasSize(KernelUsage.MOST_ASKED);
    assertThat(metrics.flowQuestionsDropped.sum()).isEqualTo(10);
  }

  @Test
  void close_endsTheThreadAndTheReader() {
    usage.begin();
    usage.close();

    assertThat(reader.closed).isTrue();
  }

  @Test
  void pace_restsFourTimesAsLongAsAReadingTook() {
    ReadingPace pace = new ReadingPace();

    assertThat(pace.waitNanos(-50)).isZero();
    pace.onRead(100, 110);
    assertThat(pace.waitNanos(110)).isEqualTo(40);
    assertThat(pace.waitNanos(150)).isZero();
    assertThat(pace.waitNanos(1_000)).isZero();
  }
}
