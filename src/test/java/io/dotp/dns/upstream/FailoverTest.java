package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.Asker.Outcome;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loss, silence, errors, and who is asked next. */
class FailoverTest {
  /** Time alone does not bring the next server in, or the end, before a test has failed. */
  private static final UpstreamTimings REPEATS_ONLY =
      new UpstreamTimings(50, 60_000, 90_000, 60_000, 60_000, 60_000, 20_000);

  private static final UpstreamTimings REPEATS_LATER =
      new UpstreamTimings(2_000, 60_000, 90_000, 60_000, 60_000, 60_000, 20_000);

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void query_whoseFirstPacketIsLost_isRepeatedFromTheSamePort(String address) throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(REPEATS_ONLY, server.port(), address)) {
      server.udp(
          "lossy",
          turn -> {
            if (turn.count == 3) {
              turn.reply(Answers.good(turn.query));
            }
          });

      asker.askAndWait("lossy.example.test").isGood();

      assertThat(server.seen("lossy", false))
          .hasSize(3)
          .allSatisfy(
              each -> {
                assertThat(each.source()).isEqualTo(server.seen.element().source());
                assertThat(each.message()).isEqualTo(server.seen.element().message());
              });
    }
  }

  @Test
  void silentServer_endsAsTimeout() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, server.port(), "127.0.0.1")) {
      server.udp("silent", turn -> {});

      Outcome outcome = asker.askAndWait("silent.example.test");

      outcome.hasFailed(UpstreamResult.Cause.TIMEOUT);
      assertThat(asker.metrics.timeouts.sum()).isEqualTo(1);
    }
  }

  @Test
  void budget_leavesTimeToAnswerBeforeResolversGiveUp() {
    UpstreamTimings timings = UpstreamTimings.DEFAULT;

    assertThat(timings.totalMillis()).isLessThan(4_500);
    assertThat(timings.retryMillis()).isEqualTo(800);
    assertThat(2 * timings.probeMillis()).isLessThan(5_000);
  }

  @Test
  void absentServers_endAsUnreachable() throws Exception {
    int port;
    try (LyingUpstream gone = LyingUpstream.on("127.0.0.1")) {
      port = gone.port();
    }
    try (Asker asker = Asker.of(Asker.QUICK, port, "127.0.0.1", "127.0.0.2")) {

      Outcome outcome = asker.askAndWait("any.example.test");

      outcome.hasFailed(UpstreamResult.Cause.UNREACHABLE);
    }
  }

  @Test
  void icmpError_ofTheOnlyServer_doesNotEndTheQuery() throws Exception {
    int port;
    try (LyingUpstream gone = LyingUpstream.on("127.0.0.1")) {
      port = gone.port();
    }
    try (Asker asker = Asker.of(REPEATS_LATER, port, "127.0.0.1")) {
      CompletableFuture<Outcome> outcome = asker.ask("back.example.test");
      Asker.until(() -> asker.metrics.unreachable.sum() > 0);
      assertThat(outcome).isNotDone();

      try (LyingUpstream back = LyingUpstream.on("127.0.0.1", port)) {
        Asker.await(outcome).isGood();
        assertThat(back.seen("back", false)).isNotEmpty();
      }
    }
  }

  @Test
  void icmpError_ofOneServer_bringsTheNextAtOnce() throws Exception {
    try (LyingUpstream second = LyingUpstream.on("127.0.0.2");
        Asker asker = Asker.of(REPEATS_ONLY, second.port(), "127.0.0.1", "127.0.0.2")) {

      asker.askAndWait("any.example.test").isGood();

      assertThat(second.seen("any", false)).hasSize(1);
    }
  }

  @Test
  void server_withoutAWayToIt_bringsTheNextAtOnce() throws Exception {
    try (LyingUpstream second = LyingUpstream.on("127.0.0.2");
        Asker asker = Asker.of(Asker.STEADY, second.port(), "255.255.255.255", "127.0.0.2")) {
      for (int i = 0; i < 4; i++) {
        asker.askAndWait("any.example.test").isGood();
      }

      assertThat(second.seen("any", false)).hasSize(4);
      assertThat(asker.group.status().get(0).resting()).isTrue();
    }
  }

  @Test
  void silence_ofOneServer_bringsTheNextAfterAWhile() throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(Asker.QUICK, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.udp("any", turn -> {});

      asker.askAndWait("any.example.test").isGood();

      assertThat(second.seen("any", false)).isNotEmpty();
      assertThat(asker.group.status().get(0).failuresInRow()).isEqualTo(1);
    }
  }

  @Test
  void firstServer_thatAnswersLate_isStillHeard() throws Exception {
    UpstreamTimings nextSoon = new UpstreamTimings(50, 50, 90_000, 60_000, 60_000, 60_000, 20_000);
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(nextSoon, first.port(), "127.0.0.1", "127.0.0.2")) {
      second.udp("any", turn -> {});
      first.udp(
          "any",
          turn -> {
            if (!second.seen("any", false).isEmpty()) {
              turn.reply(Answers.good(turn.query));
            }
          });

      asker.askAndWait("any.example.test").isGood();

      assertThat(asker.metrics.responses.sum()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, Answers.SERVFAIL, 4, Answers.REFUSED, 9})
  void failureRcode_ofOneServer_bringsTheNextAtOnce(int rcode) throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(Asker.STEADY, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.udp("fails", turn -> turn.reply(Answers.rcode(turn.query, rcode)));

      asker.askAndWait("fails.example.test").isGood();

      assertThat(second.seen("fails", false)).hasSize(1);
      assertThat(asker.metrics.failureRcodes.sum()).isEqualTo(1);
      assertThat(asker.group.status().get(0).failuresInRow()).isZero();
    }
  }

  @Test
  void failureRcode_ofEveryServer_passesTheFirstOneOn() throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(Asker.STEADY, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.udp("fails", turn -> turn.reply(Answers.rcode(turn.query, Answers.REFUSED)));
      second.udp("fails", turn -> turn.reply(Answers.rcode(turn.query, Answers.SERVFAIL)));

      asker.askAndWait("fails.example.test").hasRcode(Answers.REFUSED);
    }
  }

  @Test
  void failureRcode_besideSilence_isPassedOnWhenTimeIsUp() throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(Asker.QUICK, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.udp("fails", turn -> turn.reply(Answers.rcode(turn.query, Answers.SERVFAIL)));
      second.udp("fails", turn -> {});

      asker.askAndWait("fails.example.test").hasRcode(Answers.SERVFAIL);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Answers.NXDOMAIN, 6})
  void negativeAnswer_isAnAnswer(int rcode) throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(Asker.STEADY, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.udp("none", turn -> turn.reply(Answers.rcode(turn.query, rcode)));

      asker.askAndWait("none.example.test").hasRcode(rcode);

      assertThat(second.seen).isEmpty();
    }
  }

  @Test
  void truncatedAnswer_ofAServerWithoutTcp_bringsTheNextAtOnce() throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        LyingUpstream second = LyingUpstream.on("127.0.0.2", first.port());
        Asker asker = Asker.of(Asker.STEADY, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.closeTcpListener();
      first.udp("tc", turn -> turn.reply(Answers.truncated(turn.query)));

      asker.askAndWait("tc.example.test").isGood();

      assertThat(second.seen("tc", false)).hasSize(1);
    }
  }

  @Test
  void failingServer_restsAndIsBackSoonAfterItsReturn() throws Exception {
    try (LyingUpstream second = LyingUpstream.on("127.0.0.2");
        Asker asker = Asker.of(Asker.QUICK, second.port(), "127.0.0.1", "127.0.0.2")) {
      for (int i = 0; i < 3; i++) {
        asker.askAndWait("any.example.test").isGood();
      }
      assertThat(asker.group.status().get(0).resting()).isTrue();
      assertThat(asker.metrics.rests.sum()).isEqualTo(1);

      try (LyingUpstream first = LyingUpstream.on("127.0.0.1", second.port())) {
        Asker.until(() -> isBack(asker));
        asker.askAndWait("back.example.test").isGood();

        assertThat(first.seen("back", false)).hasSize(1);
        assertThat(asker.metrics.probes.sum()).isPositive();
      }
    }
  }

  private static boolean isBack(Asker asker) {
    try {
      asker.askAndWait("any.example.test").isGood();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return !asker.group.status().get(0).resting();
  }

  @Test
  void servers_thatAllRest_areAllAsked() throws Exception {
    try (LyingUpstream first = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, first.port(), "127.0.0.1", "127.0.0.2")) {
      first.udp("silent", turn -> {});
      for (int i = 0; i < 3; i++) {
        asker.askAndWait("silent.example.test").hasFailed(UpstreamResult.Cause.TIMEOUT);
      }
      assertThat(asker.group.status()).allMatch(ServerStatus::resting);

      asker.askAndWait("any.example.test").isGood();
    }
  }

  @Test
  void close_withQueriesUnderWay_endsThemAndAllLaterOnes() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.udp("silent", turn -> {}).truncatedThen("silenttcp", turn -> {});
      CompletableFuture<Outcome> udp = asker.ask("silent.example.test");
      CompletableFuture<Outcome> tcp = asker.ask("silenttcp.example.test");
      Asker.until(() -> !server.seen("silenttcp", true).isEmpty());

      asker.client.close();

      Asker.await(udp).hasFailed(UpstreamResult.Cause.STOPPING);
      Asker.await(tcp).hasFailed(UpstreamResult.Cause.STOPPING);
      asker.askAndWait("late.example.test").hasFailed(UpstreamResult.Cause.STOPPING);
      Asker.until(() -> server.openConnections() == 0);
    }
  }
}
