package io.dotp.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.GatewayLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A pool that is far too small changes hands all the time, and nobody who was told a fake in time,
 * nor anybody with a connection, a source port or a datagram that connection tracking remembers,
 * reaches a server that he did not ask for.
 */
@Tag("netns")
@Tag("long")
class ChurnTest {
  private static final int REALS = 200;
  private static final int CLIENTS_EACH_WAY = 3;
  private static final Path SETTINGS = Path.of("/proc/sys/net/netfilter");

  /**
   * Seconds. So short that fakes come back soon, and longer than a lease with its rest, so that
   * connection tracking remembers flows to fakes that are free by the clock.
   */
  private static final Map<String, String> TIMEOUTS =
      Map.of(
          "nf_conntrack_udp_timeout", "6",
          "nf_conntrack_udp_timeout_stream", "6",
          "nf_conntrack_tcp_timeout_time_wait", "3",
          "nf_conntrack_tcp_timeout_close", "1",
          "nf_conntrack_tcp_timeout_last_ack", "3");

  private final GatewayLab lab = new GatewayLab();
  private final Map<String, String> before = new HashMap<>();
  private @Nullable NamingServers servers;
  private @Nullable LiveNat nat;

  @BeforeEach
  void start() throws IOException {
    for (Map.Entry<String, String> each : TIMEOUTS.entrySet()) {
      Path file = SETTINGS.resolve(each.getKey());
      before.put(each.getKey(), Files.readString(file).strip());
      Files.writeString(file, each.getValue());
    }
    lab.addServerAddress("203.0.112.0/24");
    servers = NamingServers.start(lab, reals().stream().map(IpAddress::toString).toList());
    nat =
        LiveNat.start(
            Backend.AUTO, LiveNat.Times.ofMillis(1_000, 3_600_000, 200), "198.18.0.0/28", null);
  }

  @AfterEach
  void close() throws IOException {
    if (nat != null) {
      nat.close();
    }
    if (servers != null) {
      servers.close();
    }
    lab.close();
    for (Map.Entry<String, String> each : before.entrySet()) {
      Files.writeString(SETTINGS.resolve(each.getKey()), each.getValue());
    }
  }

  @Test
  void fourteenFakes_underChurn_leadNobodyAstray() throws InterruptedException {
    churn(60_000);
  }

  @Test
  @Tag("full")
  void fourteenFakes_underMuchChurn_leadNobodyAstray() throws InterruptedException {
    churn(1_000_000);
  }

  private void churn(int acquisitions) throws InterruptedException {
    LiveNat started = java.util.Objects.requireNonNull(nat);
    ChurnTally tally = new ChurnTally(now -> isEnough(now, acquisitions), reals());
    List<Thread> threads = new ArrayList<>();
    List<Throwable> died = new ArrayList<>();
    long begun = System.nanoTime();
    for (ChurnClient.Way way : ChurnClient.Way.values()) {
      for (int i = 0; i < CLIENTS_EACH_WAY; i++) {
        ChurnClient client = new ChurnClient(tally, started, way, threads.size());
        Thread thread =
            new Thread(
                () -> {
                  lab.enterClient();
                  client.run();
                },
                "client-" + way + "-" + i);
        thread.setUncaughtExceptionHandler(
            (where, e) -> {
              synchronized (died) {
                died.add(e);
              }
            });
        threads.add(thread);
      }
    }

    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    System.out.printf(
        "churn: %d s %s mappings made=%d held by flows=%d entries deleted=%d%n",
        (System.nanoTime() - begun) / 1_000_000_000,
        tally,
        started.metrics.created.sum(),
        started.metrics.heldByFlows.sum(),
        started.metrics.flowsDeleted.sum());
    assertThat(died).isEmpty();
    assertThat(tally.faults).isEmpty();
    assertThat(tally.wrong.sum()).isZero();
    assertThat(tally.lost.sum()).isZero();
    assertThat(isEnough(tally, acquisitions)).as("" + tally).isTrue();
    assertThat(started.metrics.bugs.sum()).isZero();
  }

  /** A slow machine needs longer for the same. */
  private boolean isEnough(ChurnTally tally, int acquisitions) {
    return tally.acquisitions.sum() >= acquisitions
        && tally.repoints.sum() > 14
        && tally.connections.sum() > acquisitions / 20
        && java.util.Objects.requireNonNull(nat).metrics.heldByFlows.sum() > 0;
  }

  private static List<IpAddress> reals() {
    return IntStream.rangeClosed(1, REALS)
        .mapToObj(number -> IpAddress.ofIpv4(0xcb007000 + number))
        .toList();
  }
}
