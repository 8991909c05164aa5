package io.dotp.nat;

import static io.dotp.nat.WriterRig.FIRST;
import static io.dotp.nat.WriterRig.real;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig;
import io.dotp.config.PoolConfig;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Mapped;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.journal.NoJournal;
import io.dotp.nat.mapping.Mapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Loops acquire and renew while leases of a few milliseconds run out under their hands and fakes
 * change owners. Whoever asks the kernel within a lease must find the mapping there. Lease left
 * before and after would not do: between the two the mapping may have been retired and revived.
 */
@Timeout(300)
class NatConcurrencyTest {
  private static final int LOOPS = 4;
  private static final int ACQUISITIONS = 15_000;
  private static final int REALS = 120;
  private static final Duration REST = Duration.ofSeconds(10);

  /** The writer's seconds are the test's milliseconds. */
  private static final long SPEED = 1000;

  private final ModelKernel kernel = new ModelKernel(1000);
  private final NatMetrics metrics = new NatMetrics();
  private final long begin = System.nanoTime();
  private final NatController controller =
      new NatController(
          settings(),
          NatKernel.pretended(kernel::opened, this::now),
          new NoJournal(),
          metrics,
          this::now);
  private final Map<IpAddress, Seen> lastSeen = new ConcurrentHashMap<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final LongAdder checked = new LongAdder();

  /** An answer that was good at that moment. */
  private record Seen(IpAddress real, long at) {}

  private static NatSettings settings() {
    NatSettings usual = WriterRig.settings("198.18.0.0/25");
    NatConfig config =
        new NatConfig(
            Duration.ofSeconds(2),
            Duration.ofDays(1),
            Duration.ofSeconds(1),
            REST,
            usual.nat().commitDeadline(),
            "dotp",
            usual.nat().backend(),
            PoolConfig.PRESET);
    return new NatSettings(config, usual.routes(), usual.host(), usual.poolKey());
  }

  private long now() {
    return (System.nanoTime() - begin) * SPEED;
  }

  /** A loop that begins its next acquisition when the last one is answered. */
  private final class Client {
    private final PatientLoop loop = new PatientLoop();
    private final Random random;
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private int left = ACQUISITIONS;

    Client(long seed) {
      random = new Random(seed);
    }

    void next() {
      if (left-- == 0) {
        finished.complete(null);
        return;
      }
      // Few reals at a time, and other ones after a while: leases run out and fakes move on.
      int window = ACQUISITIONS - left >>> 10;
      List<IpAddress> reals =
          List.of(
              real((window * 7 + random.nextInt(12)) % REALS),
              real((window * 7 + random.nextInt(12)) % REALS));
      controller.acquire(Wanted.of(FIRST, reals), loop, result -> told(reals, result));
    }

    private void told(List<IpAddress> reals, AcquireResult result) {
      for (int i = 0; i < reals.size(); i++) {
        Outcome outcome = result.outcomes().get(i);
        if (outcome instanceof Mapped mapped) {
          check(reals.get(i), mapped.mapping());
        }
      }
      loop.execute(this::next);
    }
  }

  private void check(IpAddress real, Mapping mapping) {
    long at = now();
    long left = mapping.leaseLeftNanos(at);
    IpAddress there = kernel.realOf(mapping.fake());
    Mapping found = controller.mappings().byFake(mapping.fake());
    boolean held = now() - at < left;
    if (!mapping.real().equals(real)) {
      violations.add(mapping + " was given out for " + real);
    }
    if (held) {
      checked.increment();
      if (!real.equals(there) || found != mapping) {
        violations.add(mapping + " is answered, the kernel has " + there);
      }
      lastSeen.merge(mapping.fake(), new Seen(real, at), this::later);
    }
  }

  private Seen later(Seen one, Seen other) {
    boolean inOrder = one.at() < other.at();
    Seen earlier = inOrder ? one : other;
    Seen later = inOrder ? other : one;
    if (!earlier.real().equals(later.real()) && later.at() - earlier.at() < REST.toNanos()) {
      violations.add(earlier + " and " + later + " are too close");
    }
    return later;
  }

  @Test
  void answers_whileLeasesRunOut_areAlwaysInTheKernel() throws Exception {
    controller.start();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      clients.add(new Client(i));
    }

    clients.forEach(client -> client.loop.execute(client::next));
    for (Client client : clients) {
      client.finished.get(300, TimeUnit.SECONDS);
    }
    controller.close();
    clients.forEach(client -> client.loop.shutdownNow());

    assertThat(violations).isEmpty();
    assertThat(checked.sum()).isGreaterThan(ACQUISITIONS / 100);
    assertThat(metrics.retired.sum()).isGreaterThan(100);
    assertThat(metrics.revived.sum()).isPositive();
    assertThat(metrics.bugs.sum()).isZero();
    assertThat(metrics.failedTransactions.sum()).isZero();
  }
}
