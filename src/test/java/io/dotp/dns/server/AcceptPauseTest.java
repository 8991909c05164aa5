package io.dotp.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.metrics.DnsMetrics;
import io.dotp.metrics.WarningGate;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptPauseTest {
  @Test
  void accept_noDescriptorLeft_pausesForASecondAndGoesOn() {
    DnsMetrics metrics = new DnsMetrics();
    EmbeddedChannel listener = new EmbeddedChannel(new AcceptPause(new WarningGate(), metrics));
    listener.freezeTime();

    listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
    assertThat(listener.config().isAutoRead()).isFalse();
    listener.advanceTimeBy(1, TimeUnit.SECONDS);
    listener.runScheduledPendingTasks();

    assertThat(listener.config().isAutoRead()).isTrue();
    assertThat(metrics.acceptPauses.sum()).isEqualTo(1);
    listener.finishAndReleaseAll();
  }
}
