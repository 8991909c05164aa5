package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.TableSpec;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private static final TableSpec OLD = spec("old");
  private static final TableSpec NEW = spec("new");

  private final List<TableSpec> asked = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable String> fault = new AtomicReference<>();

  private static TableSpec spec(String table) {
    return new TableSpec(table, KernelRules.plain(List.of()), TableSpec.USED_TIMEOUT);
  }

  private @Nullable String kernel(TableSpec spec) {
    asked.add(spec);
    return fault.get();
  }

  @Test
  void check_nothingWanted_touchesNothing() {
    assertThat(new Delivery(this::kernel).check()).isNull();

    assertThat(asked).isEmpty();
  }

  @Test
  void check_nothingNeeded_looksUntilTheKernelHasIt() {
    Delivery delivery = new Delivery(this::kernel);
    delivery.want(OLD);
    fault.set("no way");

    assertThat(delivery.check()).isEqualTo("no way");
    assertThat(delivery.fault()).isEqualTo("no way");
    fault.set(null);
    assertThat(delivery.check()).isNull();
    assertThat(delivery.check()).isNull();

    assertThat(delivery.fault()).isNull();
    assertThat(asked).containsExactly(OLD, OLD);
  }

  @Test
  void want_whileTheKernelHangs_returnsAndWinsInTheEnd() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Delivery delivery =
        new Delivery(
            spec -> {
              entered.countDown();
              assertThat(await(goOn)).isTrue();
              return kernel(spec);
            });
    delivery.want(OLD);
    Thread first = new Thread(delivery::check);
    first.start();
    assertThat(await(entered)).isTrue();
    Thread second = new Thread(delivery::check);
    second.start();
    while (second.getState() != Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }

    delivery.want(NEW);
    goOn.countDown();
    first.join();
    second.join();

    assertThat(asked).containsExactly(OLD, NEW);
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
