package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.UpstreamEndpoint;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.UpstreamMetrics;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamServerTest {
  private static final UpstreamTimings TIMINGS = UpstreamTimings.DEFAULT;

  private final UpstreamMetrics metrics = new UpstreamMetrics();

  private UpstreamServer server(long now) {
    return new UpstreamServer(
        0,
        UpstreamEndpoint.plain(IpAddress.ofIpv4(0xc0000201), 53),
        null,
        false,
        TIMINGS,
        metrics,
        now);
  }

  private static long seconds(int count) {
    return TimeUnit.SECONDS.toNanos(count);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5, Long.MAX_VALUE - 1_000_000, Long.MIN_VALUE})
  void server_withThreeFailuresInARow_restsForTenSeconds(long start) {
    UpstreamServer server = server(start);

    server.failed(start, "silent");
    server.failed(start, "silent");
    boolean afterTwo = server.isResting(start);
    server.failed(start, "silent");

    assertThat(afterTwo).isFalse();
    assertThat(server.isResting(start + seconds(9))).isTrue();
    assertThat(server.isResting(start + seconds(10))).isFalse();
    assertThat(metrics.rests.sum()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 1_000_000})
  void server_thatAnswers_isAwakeAtOnce(long start) {
    UpstreamServer server = server(start);
    for (int i = 0; i < 5; i++) {
      server.failed(start, "silent");
    }

    server.answered();
    server.failed(start, "silent");

    assertThat(server.isResting(start)).isFalse();
    assertThat(metrics.rests.sum()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 1_000_000})
  void server_thatFailsAfterItsRest_restsAgainAtOnce(long start) {
    UpstreamServer server = server(start);
    for (int i = 0; i < 3; i++) {
      server.failed(start, "silent");
    }

    server.failed(start + seconds(11), "silent");

    assertThat(server.isResting(start + seconds(20))).isTrue();
    assertThat(metrics.rests.sum()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 1_000_000})
  void restingServer_isProbedOncePerInterval(long start) {
    UpstreamServer server = server(start);
    boolean awake = server.takeProbe(start);
    for (int i = 0; i < 3; i++) {
      server.failed(start, "silent");
    }

    assertThat(awake).isFalse();
    assertThat(server.takeProbe(start + seconds(1))).isFalse();
    assertThat(server.takeProbe(start + seconds(2))).isTrue();
    assertThat(server.takeProbe(start + seconds(3))).isFalse();
    assertThat(server.takeProbe(start + seconds(4))).isTrue();
  }
}
