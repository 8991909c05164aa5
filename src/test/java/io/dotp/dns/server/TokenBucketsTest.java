package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketsTest {
  private static final IpAddress CLIENT = IpAddress.ofIpv4(0xc0a8_0102);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 1_000, 1_000_000})
  void take_asFastAsPossible_getsTwoSecondsWorthThenTheRate(int rate) {
    TokenBuckets buckets = new TokenBuckets(rate);

    assertThat(taken(buckets, CLIENT, 0)).isEqualTo(2 * rate);
    assertThat(taken(buckets, CLIENT, SECOND)).isEqualTo(rate);
    assertThat(taken(buckets, CLIENT, 11 * SECOND)).isEqualTo(2 * rate);
  }

  @Test
  void take_clockNearItsOverflow_goesOn() {
    TokenBuckets buckets = new TokenBuckets(10);

    assertThat(taken(buckets, CLIENT, Long.MAX_VALUE - SECOND)).isEqualTo(20);
    assertThat(taken(buckets, CLIENT, Long.MAX_VALUE + SECOND)).isEqualTo(20);
  }

  /** Never more than burst and rate allow, and always at least the rate, in any pattern. */
  @Property(tries = 200)
  void take_anyPattern_keepsToTheRate(
      @ForAll @IntRange(min = 1, max = 100) int rate, @ForAll @Size(max = 200) int[] gapMillis) {
    TokenBuckets buckets = new TokenBuckets(rate);
    long now = 0;
    double tokens = 2 * rate;
    for (int gap : gapMillis) {
      long passed = Math.floorMod(gap, 500) * 1_000_000L;
      now += passed;
      tokens = Math.min(2 * rate, tokens + rate * (passed / 1e9));
      boolean taken = buckets.take(CLIENT, now);
      // The model is in floating point, and the bucket in whole nanoseconds.
      if (Math.abs(tokens - 1) > 1e-3) {
        assertThat(taken).isEqualTo(tokens > 1);
      }
      tokens -= taken ? 1 : 0;
    }
  }

  @Test
  void take_hundredThousandRandomSources_tableStaysBounded() {
    TokenBuckets buckets = new TokenBuckets(50);
    Random random = new Random(7);

    for (int i = 0; i < 100_000; i++) {
      assertThat(buckets.take(IpAddress.ofIpv6(random.nextLong(), 0), i * 50_000L)).isTrue();
    }

    assertThat(buckets.held()).isLessThanOrEqualTo(8_192);
  }

  /** Sources that ask once each must not free one that is over its limit. */
  @Test
  void take_clientOverItsLimitAmidManySources_staysOverIt() {
    TokenBuckets buckets = new TokenBuckets(1_000);
    Random random = new Random(7);
    taken(buckets, CLIENT, 0);

    int more = 0;
    for (int i = 0; i < 100_000; i++) {
      buckets.take(IpAddress.ofIpv6(random.nextLong(), 0), 1);
      more += buckets.take(CLIENT, 1) ? 1 : 0;
    }

    assertThat(more).isZero();
  }

  /** A client's sockets are spread over the loops, and the limit is one for all of them. */
  @Test
  void take_fromSeveralThreads_isOneBucket() throws InterruptedException {
    TokenBuckets buckets = new TokenBuckets(5_000);
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(4);
    Thread[] loops = new Thread[4];
    buckets.take(CLIENT, 0);
    for (int i = 0; i < loops.length; i++) {
      loops[i] =
          new Thread(
              () -> {
                ready.countDown();
                while (ready.getCount() > 0) {
                  Thread.onSpinWait();
                }
                taken.addAndGet(taken(buckets, CLIENT, 0));
              });
      loops[i].start();
    }
    for (Thread loop : loops) {
      loop.join();
    }

    assertThat(taken.get()).isEqualTo(9_999);
  }

  private static int taken(TokenBuckets buckets, IpAddress client, long now) {
    int taken = 0;
    while (buckets.take(client, now)) {
      taken++;
    }
    return taken;
  }
}
