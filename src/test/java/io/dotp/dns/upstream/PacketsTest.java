package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.dns.upstream.UpstreamResult.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many packets a query costs, and what it takes to be answered in spite of loss. */
class PacketsTest {
  private static final String[] LIES = {"wrongid", "wrongqname", "noq", "garbage", "formerrnoq"};

  @Test
  void silentServer_getsThreePacketsOverTheBudget() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(UpstreamTimings.DEFAULT, server.port(), "127.0.0.1")) {
      server.udp("silent", turn -> {});

      asker.askAndWait("silent.example.test").hasFailed(Cause.TIMEOUT);

      assertThat(server.seen("silent", false)).hasSize(3);
    }
  }

  @Test
  void silentServers_getThreePacketsEach() throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(Asker.QUICK, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.udp("silent", turn -> {});
      second.udp("silent", turn -> {});

      asker.askAndWait("silent.example.test").hasFailed(Cause.TIMEOUT);

      assertThat(first.seen("silent", false)).hasSize(3);
      assertThat(second.seen("silent", false)).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"formerrnoq", "question"})
  void refusalsOfEdns_afterEveryPacket_costThreePackets(String form) throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, server.port(), "127.0.0.1")) {
      server.udp(
          "stubborn",
          turn ->
              turn.reply(
                  form.equals("question")
                      ? Answers.rcode(turn.query, 1)
                      : BadAnswers.of("formerrnoq", turn.query)));

      asker.askAndWait("stubborn.example.test");

      assertThat(server.seen("stubborn", false)).hasSizeBetween(2, 3);
    }
  }

  /** The fault table's line: a lying upstream that also loses a tenth of all packets. */
  @Test
  void lyingAndLossyServer_answers995OfAThousandWithin2500Milliseconds() throws Exception {
    int count = 1_000;
    Random loss = new Random(8);
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    List<Long> latencies = new ArrayList<>();
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(UpstreamTimings.DEFAULT, server.port(), "127.0.0.1")) {
      for (int i = 0; i < count; i++) {
        server.udp(
            "n" + i,
            turn -> {
              if (loss.nextInt(10) != 0) {
                String lie = LIES[loss.nextInt(LIES.length)];
                turn.reply(BadAnswers.of(lie, turn.query));
                turn.reply(Answers.good(turn.query));
              }
            });
        long start = System.nanoTime();
        CompletableFuture<Outcome> outcome = asker.ask("n" + i + ".example.test");
        outcomes.add(outcome);
        outcome.thenRun(() -> note(latencies, System.nanoTime() - start));
        if (i % 50 == 0) {
          Asker.await(outcome);
        }
      }
      for (CompletableFuture<Outcome> each : outcomes) {
        Asker.await(each);
      }
    }

    long answered =
        outcomes.stream()
            .filter(each -> each.join().result() instanceof UpstreamResult.Received)
            .count();
    long inTime;
    synchronized (latencies) {
      inTime =
          latencies.stream().filter(each -> each <= TimeUnit.MILLISECONDS.toNanos(2_500)).count();
    }
    assertThat(answered).isGreaterThanOrEqualTo(995);
    assertThat(inTime).isGreaterThanOrEqualTo(995);
    outcomes.stream()
        .map(CompletableFuture::join)
        .filter(each -> each.result() instanceof UpstreamResult.Received)
        .forEach(Outcome::isGood);
  }

  private static void note(List<Long> latencies, long nanos) {
    synchronized (latencies) {
      latencies.add(nanos);
    }
  }
}
