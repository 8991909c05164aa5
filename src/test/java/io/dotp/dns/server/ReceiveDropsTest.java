package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class ReceiveDropsTest {
  private final LongAdder sum = new LongAdder();
  private final ReceiveDrops drops = new ReceiveDrops(sum);

  @Test
  void sample_addsWhatIsNew_alsoWhenTheCounterWraps() {
    AtomicLong counter = new AtomicLong(0xffff_fff0L);
    drops.watch(counter::get);
    drops.sample();
    long before = sum.sum();

    counter.set(5);
    drops.sample();
    drops.sample();

    assertThat(before).isEqualTo(0xffff_fff0L);
    assertThat(sum.sum() - before).isEqualTo(21);
  }

  @Test
  void end_takesTheLastFiguresAndAsksNoMore() {
    AtomicLong counter = new AtomicLong(3);
    drops.watch(counter::get);

    drops.end();
    counter.set(9);
    drops.sample();

    assertThat(sum.sum()).isEqualTo(3);
  }
}
