package io.dotp.nat.nft;

import static io.dotp.nat.nft.Elements.held;
import static io.dotp.nat.nft.Elements.map;
import static io.dotp.nat.nft.TableSpecTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.OpenResult.Opened;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads through the gateway while somebody flushes its rules again and again. */
@Tag("netns")
@Tag("long")
class FlushTrafficTest {
  private static final TableSpec SPEC = spec("198.18.0.0/15", "2001:2::/48");
  private static final KernelElements WANTED =
      held(Stream.of(map("198.18.0.1", "203.0.113.10"), map("2001:2::1", "2001:db8::10")));
  private static final int PORT = 9090;
  private static final int MIGRATIONS = 20;
  private static final long STEP_NANOS = 2_000_000_000L;

  private final GatewayLab lab = new GatewayLab();
  private @Nullable Repair repair;

  @AfterEach
  void close() throws InterruptedException {
    if (repair != null) {
      repair.end();
    }
    lab.close();
  }

  /** What the owner of the table does: waits for the watch, restores. */
  private static final class Repair {
    private final LinkedBlockingQueue<Boolean> told = new LinkedBlockingQueue<>();
    private final TableWatch watch;
    private final Thread thread;

    Repair(boolean guarded, long delayNanos) {
      watch = TableWatch.open("dotp", new NatMetrics(), System::nanoTime, () -> told.add(true));
      if (guarded) {
        watch.guard(SPEC);
        Waiting.until(watch::isGuarded, "guard");
      }
      thread = new Thread(() -> run(delayNanos), "dotp-nat");
      thread.start();
      Waiting.until(() -> Shell.nft("list ruleset").contains("198.18.0.1 :"), "installed");
    }

    private void run(long delayNanos) {
      Nftables nftables = ((Opened) LibNftables.open(SPEC, new NatMetrics())).nftables();
      try (nftables) {
        nftables.restore(WANTED);
        while (told.take()) {
          LockSupport.parkNanos(delayNanos);
          told.removeIf(change -> change);
          nftables.restore(WANTED);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void end() throws InterruptedException {
      watch.close();
      told.add(false);
      thread.join();
    }
  }

  private String download(String fake, int flushes) throws IOException {
    Process fetch =
        lab.startOnClient("stream.py", "fetch", fake, PORT + "", (flushes + 1) * 2 + "");
    for (int i = 0; i < flushes; i++) {
      LockSupport.parkNanos(STEP_NANOS);
      Shell.nft("flush ruleset");
    }
    return outputOf(fetch);
  }

  private static String outputOf(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"198.18.0.1", "2001:2::1"})
  void download_guardedAndFlushedEveryTwoSeconds_survives(String fake) throws Exception {
    lab.startOnServer("stream.py", "serve", PORT + "");
    repair = new Repair(true, 0);
    String outcome = download(fake, 5);

    System.out.println("guarded: " + outcome);
    assertThat(outcome).contains("fate=alive");
  }

  /** The repair is slow here: one second. */
  @Test
  void download_guardedAndRepairedLate_survives() throws Exception {
    lab.startOnServer("stream.py", "serve", PORT + "");
    repair = new Repair(true, 1_000_000_000L);
    String outcome = download("198.18.0.1", 4);

    System.out.println("guarded, repaired after 1 s: " + outcome);
    assertThat(outcome).contains("fate=alive");
  }

  /** What the guard is good for: the same without it breaks the flow, or holds it up. */
  @Test
  void download_withoutTheGuardAndRepairedLate_stallsOrBreaks() throws Exception {
    lab.startOnServer("stream.py", "serve", PORT + "");
    repair = new Repair(false, 1_000_000_000L);
    String outcome = download("198.18.0.1", 4);

    System.out.println("no guard, repaired after 1 s: " + outcome);
    int gap = Integer.parseInt(outcome.replaceAll(".*gap=(\\d+) .*", "$1"));
    assertThat(outcome.contains("broken") || gap >= 900).as(outcome).isTrue();
  }

  @Test
  void connections_begunInTheGap_workAfterARetry() throws Exception {
    lab.startOnServer("stream.py", "serve", PORT + "");
    repair = new Repair(true, 500_000_000L);
    Process flusher =
        Shell.start(
            "sh", "-c", "echo ready; for i in 1 2 3 4; do nft flush ruleset; sleep 2; done");
    String outcome =
        outputOf(lab.startOnClient("stream.py", "dial", "198.18.0.1", PORT + "", "60"));
    flusher.destroyForcibly().waitFor();

    System.out.println("new connections, repaired after 0.5 s: " + outcome);
    assertThat(outcome).contains("failed=0");
    assertThat(Integer.parseInt(outcome.replaceAll("longest=(\\d+) .*", "$1"))).isLessThan(8_000);
  }

  /** Each opening finds another lease than its own, and so makes the table anew. */
  @Test
  void migration_underTraffic_losesNothing() throws Exception {
    lab.startOnServer("stream.py", "serve", PORT + "");
    String layout1 = Files.readString(Path.of("test-fixtures/nft/layout-1.nft"));
    assertThat(Shell.load(layout1).code()).isZero();
    Shell.nft(
        "add element inet dotp nat_map { 198.18.0.1 : 203.0.113.10 };"
            + " add element inet dotp nat_map6 { 2001:2::1 : 2001:db8::10 }");
    Process fetch = lab.startOnClient("stream.py", "fetch", "2001:2::1", PORT + "", "5");
    Process dial =
        lab.startOnClient("stream.py", "dial", "198.18.0.1", PORT + "", MIGRATIONS * 5 + "");

    for (int i = 0; i < MIGRATIONS; i++) {
      Duration lease = Duration.ofMinutes(3L + i % 2);
      TableSpec other = new TableSpec("dotp", SPEC.rules(), lease);
      ((Opened) LibNftables.open(other, new NatMetrics())).nftables().close();
    }

    assertThat(outputOf(dial)).contains("failed=0");
    assertThat(outputOf(fetch)).contains("fate=alive");
    assertThat(Shell.nft("list table inet dotp")).contains("comment \"dotp 2\"", "timeout 4m");
  }
}
