package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.AcquireResult.Outcome;
import io.dotp.nat.RequestQueue.Offer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bounded, never lost, never waited for. */
class RequestQueueTest {
  private final RequestQueue queue = new RequestQueue(10);

  private static AcquireRequest request(int reals) {
    List<io.dotp.ip.IpAddress> addresses = new ArrayList<>();
    for (int i = 0; i < reals; i++) {
      addresses.add(WriterRig.real(i));
    }
    @Nullable Outcome[] early = new Outcome[reals];
    return new AcquireRequest(
        Wanted.of(RouteId.DEFAULT, addresses),
        early,
        new ManualLoop(),
        result -> {},
        new Doubt(),
        new NatMetrics());
  }

  @Test
  void offer_beyondTheLimit_isFullUntilPolled() {
    assertThat(queue.offer(request(6))).isEqualTo(Offer.TAKEN);
    assertThat(queue.offer(request(5))).isEqualTo(Offer.FULL);
    assertThat(queue.offer(request(4))).isEqualTo(Offer.TAKEN);

    queue.poll();

    assertThat(queue.offer(request(6))).isEqualTo(Offer.TAKEN);
  }

  @Test
  void offer_largerThanTheLimit_isTakenAlone() {
    assertThat(queue.offer(request(20))).isEqualTo(Offer.TAKEN);
    assertThat(queue.offer(request(1))).isEqualTo(Offer.FULL);
  }

  @Test
  void offer_closed_isRefused() {
    queue.offer(request(1));
    queue.close();

    assertThat(queue.offer(request(1))).isEqualTo(Offer.CLOSED);
    assertThat(queue.poll()).isNotNull();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  @Timeout(60)
  void await_manyOffers_losesNone() throws Exception {
    RequestQueue large = new RequestQueue(1_000_000);
    ExecutorService loops = Executors.newFixedThreadPool(2);
    List<Future<?>> offering = new ArrayList<>();
    for (int loop = 0; loop < 2; loop++) {
      offering.add(
          loops.submit(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  large.offer(request(1));
                }
              }));
    }

    int polled = 0;
    while (polled < 40_000) {
      if (large.poll() == null) {
        large.await(600_000_000_000L);
      } else {
        polled++;
      }
    }

    for (Future<?> each : offering) {
      each.get();
    }
    loops.shutdown();
    assertThat(large.isEmpty()).isTrue();
  }
}
