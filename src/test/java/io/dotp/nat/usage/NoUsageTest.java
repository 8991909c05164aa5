package io.dotp.nat.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Without a kernel nothing is in use. */
class NoUsageTest {
  private final NoUsage usage = new NoUsage(() -> 7);

  @Test
  void requests_areAnsweredAtOnce() {
    IpAddress fake = IpAddress.ofIpv4(0xc6120001);
    usage.requestUse();
    usage.requestFlows(List.of(fake), true);

    assertThat(usage.use()).isEqualTo(new UseReading.InUse(7, Map.of()));
    assertThat(usage.takeFlows()).isEqualTo(new FlowReading.Flows(7, Set.of(fake), Set.of()));
    assertThat(usage.takeFlows()).isNull();
  }
}
