package io.dotp.nat.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.ip.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One retires, one renews, at the same moment: whoever was told yes must be right. */
class MappingRaceTest {
  private static final int ROUNDS = 100_000;
  private static final long LEASE = 100;

  /** Every round begins with a lease that has just run out. */
  private final List<Mapping> mappings = new ArrayList<>();

  private final AtomicInteger arrivals = new AtomicInteger();

  MappingRaceTest() {
    for (int i = 0; i < ROUNDS; i++) {
      Mapping mapping = new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(i), IpAddress.ofIpv4(i));
      mapping.activate(0, LEASE);
      mappings.add(mapping);
    }
  }

  /** Enters every round together with the other racer. */
  private boolean[] race(Predicate<Mapping> action) {
    boolean[] told = new boolean[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      Mapping mapping = mappings.get(i);
      arrivals.incrementAndGet();
      while (arrivals.get() < 2 * (i + 1)) {
        Thread.onSpinWait();
      }
      told[i] = action.test(mapping);
    }
    return told;
  }

  @Test
  @Timeout(120)
  void renewAndRetire_atOnce_neverBothSucceed() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    Future<boolean[]> retirer = threads.submit(() -> race(each -> each.tryRetire(LEASE)));
    Future<boolean[]> renewer = threads.submit(() -> race(each -> each.tryRenew(LEASE, LEASE)));
    boolean[] retired = retirer.get();
    boolean[] renewed = renewer.get();
    threads.shutdown();

    int both = 0;
    int neither = 0;
    int wrong = 0;
    for (int i = 0; i < ROUNDS; i++) {
      both += retired[i] && renewed[i] ? 1 : 0;
      neither += retired[i] || renewed[i] ? 0 : 1;
      wrong += mappings.get(i).leaseLeftNanos(LEASE) == (retired[i] ? 0 : LEASE) ? 0 : 1;
    }
    assertThat(List.of(both, neither, wrong)).containsExactly(0, 0, 0);
  }
}
