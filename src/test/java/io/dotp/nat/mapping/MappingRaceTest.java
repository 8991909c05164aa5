package io.dotp.nat.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** One retires, two renew, all at the same moment: whoever was told yes must be right. */
class MappingRaceTest {
  private static final int ROUNDS = 20_000;
  private static final long LEASE = 100;

  /** Every round begins with a lease that has just run out. */
  private final List<Mapping> mappings = new ArrayList<>();

  private final CyclicBarrier barrier = new CyclicBarrier(3);

  MappingRaceTest() {
    for (int i = 0; i < ROUNDS; i++) {
      Mapping mapping = new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(i), IpAddress.ofIpv4(i));
      mapping.activate(0, LEASE);
      mappings.add(mapping);
    }
  }

  private Callable<boolean[]> racer(java.util.function.Predicate<Mapping> action) {
    return () -> {
      boolean[] told = new boolean[ROUNDS];
      for (int i = 0; i < ROUNDS; i++) {
        if (i % 1000 == 0) {
          barrier.await();
        }
        told[i] = action.test(mappings.get(i));
      }
      return told;
    };
  }

  @Test
  void renewAndRetire_atOnce_neverBothSucceed() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    Future<boolean[]> retirer = threads.submit(racer(each -> each.tryRetire(LEASE)));
    Future<boolean[]> one = threads.submit(racer(each -> each.tryRenew(LEASE, LEASE)));
    Future<boolean[]> other = threads.submit(racer(each -> each.tryRenew(LEASE + 1, LEASE)));
    boolean[] retired = retirer.get();
    boolean[] renewedByOne = one.get();
    boolean[] renewedByOther = other.get();
    threads.shutdown();

    for (int i = 0; i < ROUNDS; i++) {
      Mapping mapping = mappings.get(i);
      boolean renewed = renewedByOne[i] || renewedByOther[i];
      assertThat(retired[i] && renewed).isFalse();
      assertThat(retired[i] || renewed).isTrue();
      assertThat(mapping.leaseLeftNanos(LEASE)).isEqualTo(retired[i] ? 0 : LEASE + 1);
    }
  }
}
