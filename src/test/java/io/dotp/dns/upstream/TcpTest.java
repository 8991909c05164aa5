package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.dns.upstream.LyingUpstream.TcpTurn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Truncated answers and what a connection does to them. */
class TcpTest {
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void truncatedAnswer_isHadOverTcp(String address) throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(Asker.STEADY, server.port(), address)) {
      server.truncatedThen("tc", turn -> turn.reply(Answers.good(turn.query)));

      Outcome outcome = asker.askAndWait("tc.example.test");

      outcome.isGood();
      assertThat(asker.metrics.truncated.sum()).isEqualTo(1);
    }
  }

  @Test
  void connection_isKeptForTheNextQuery() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.truncatedThen("tc", turn -> turn.reply(Answers.good(turn.query)));

      for (int i = 0; i < 20; i++) {
        asker.askAndWait("tc.example.test").isGood();
      }

      assertThat(server.accepted).hasValue(1);
    }
  }

  @Test
  void pipelinedQueries_answeredInReverse_eachGetItsOwn() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      List<TcpTurn> turns = Collections.synchronizedList(new ArrayList<>());
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        server.truncatedThen("q" + i, turns::add);
        outcomes.add(asker.ask("q" + i + ".example.test"));
      }

      Asker.until(() -> turns.size() == 50);
      for (int i = turns.size() - 1; i >= 0; i--) {
        turns.get(i).reply(Answers.good(turns.get(i).query));
      }

      for (int i = 0; i < 50; i++) {
        Outcome outcome = Asker.await(outcomes.get(i));
        outcome.isGood();
        assertThat(Answers.label(outcome.message())).isEqualTo("q" + i);
      }
      assertThat(server.accepted).hasValue(1);
    }
  }

  @Test
  void answer_of65535Bytes_arrivesWhole() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.truncatedThen("big", turn -> turn.reply(Answers.ofLength(turn.query, 65_535)));

      Outcome outcome = asker.askAndWait("big.example.test");

      assertThat(outcome.bytes()).hasSize(65_535);
    }
  }

  @Test
  void answer_thatComesByteByByte_isTaken() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.truncatedThen(
          "dribble",
          turn -> {
            for (byte each : TcpTurn.framed(Answers.good(turn.query))) {
              turn.write(new byte[] {each});
            }
          });

      asker.askAndWait("dribble.example.test").isGood();
    }
  }

  @Test
  void foreignMessages_overTcp_areDroppedAndWaitedOn() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.truncatedThen(
          "lies",
          turn -> {
            for (String label : BadAnswers.FOREIGN.keySet()) {
              turn.reply(BadAnswers.of(label, turn.query));
            }
            turn.reply(Answers.good(turn.query));
          });

      asker.askAndWait("lies.example.test").isGood();

      // One of them is a refusal of EDNS, which nobody can have made up here.
      assertThat(asker.metrics.spoofNearMiss.sum())
          .isGreaterThanOrEqualTo(BadAnswers.FOREIGN.size() - 1);
      assertThat(asker.metrics.ednsFallbacks.sum()).isEqualTo(1);
    }
  }

  @Test
  void connection_closedInTheMiddleOfAMessage_isTriedAgain() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, server.port(), "127.0.0.1")) {
      server.truncatedThen(
          "cut",
          turn -> {
            byte[] framed = TcpTurn.framed(Answers.good(turn.query));
            boolean first = server.seen("cut", true).size() == 1;
            turn.write(Arrays.copyOf(framed, first ? framed.length / 2 : framed.length));
            if (first) {
              turn.connection.close();
            }
          });

      asker.askAndWait("cut.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void keptConnection_closedByTheServer_isReplacedForTheNextQuery() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.truncatedThen("tc", turn -> turn.reply(Answers.good(turn.query)));

      asker.askAndWait("tc.example.test").isGood();
      server.closeConnections();
      asker.askAndWait("tc.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void keptConnection_closedWithAQueryOnIt_isReplacedForThatQuery() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.truncatedThen("tc", turn -> turn.reply(Answers.good(turn.query)));
      server.truncatedThen(
          "closes",
          turn -> {
            if (server.seen("closes", true).size() == 1) {
              turn.connection.close();
            } else {
              turn.reply(Answers.good(turn.query));
            }
          });

      asker.askAndWait("tc.example.test").isGood();
      asker.askAndWait("closes.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void idleConnection_isClosed() throws Exception {
    UpstreamTimings idlesBriefly = new UpstreamTimings(60_000, 60_000, 90_000, 1, 1, 50, 20_000);
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(idlesBriefly, server.port(), "127.0.0.1")) {
      server.truncatedThen("tc", turn -> turn.reply(Answers.good(turn.query)));

      asker.askAndWait("tc.example.test").isGood();

      Asker.until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void silentConnection_isNotUsedForTheNextQuery() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, server.port(), "127.0.0.1")) {
      server.truncatedThen("silent", turn -> {});
      server.truncatedThen("tc", turn -> turn.reply(Answers.good(turn.query)));

      asker.askAndWait("silent.example.test").hasFailed(UpstreamResult.Cause.TIMEOUT);
      asker.askAndWait("tc.example.test").isGood();

      // The first query has tried a second connection itself.
      assertThat(server.accepted).hasValue(3);
      Asker.until(() -> server.openConnections() == 1);
    }
  }

  @Test
  void stalledConnection_isReplacedWithinTheQuery() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, server.port(), "127.0.0.1")) {
      server.truncatedThen(
          "stalled",
          turn -> {
            if (server.accepted.get() > 1) {
              turn.reply(Answers.good(turn.query));
            }
          });

      asker.askAndWait("stalled.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void refusedConnection_leavesTheWaitOverUdpAlone() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, server.port(), "127.0.0.1")) {
      server.closeTcpListener();
      server.udp(
          "rdlen5",
          turn -> {
            if (turn.count == 1) {
              turn.reply(BadAnswers.of("rdlen5", turn.query));
            } else {
              turn.reply(Answers.good(turn.query));
            }
          });

      asker.askAndWait("rdlen5.example.test").isGood();

      assertThat(asker.metrics.unreachable.sum()).isEqualTo(1);
    }
  }

  @Test
  void connection_withoutAWayToTheServer_isNone() throws Exception {
    try (Asker asker = Asker.of(Asker.STEADY, 53, "255.255.255.255")) {
      UpstreamServer server = asker.group.inUse(0).get(0);
      CompletableFuture<Boolean> none = new CompletableFuture<>();

      asker.loop.execute(
          () -> {
            StreamConnections connections =
                new StreamConnections(
                    asker.loop,
                    asker.groups,
                    new RandomBits(new Random(1)),
                    new Bootstrap((query, servers, done) -> {}, System::nanoTime),
                    asker.metrics,
                    System::nanoTime);
            none.complete(connections.lease(server) == null);
          });

      assertThat(none.get(Asker.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void manyQueries_onOneConnection_neverGetAnothersAnswer() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 3_000; i++) {
        server.truncatedThen("n" + i, turn -> turn.reply(Answers.good(turn.query)));
      }

      for (int wave = 0; wave < 30; wave++) {
        List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
        for (int i = wave * 100; i < wave * 100 + 100; i++) {
          waiting.add(asker.ask("n" + i + ".example.test"));
        }
        for (CompletableFuture<Outcome> each : waiting) {
          Asker.await(each);
        }
        outcomes.addAll(waiting);
      }

      for (int i = 0; i < outcomes.size(); i++) {
        Outcome outcome = Asker.await(outcomes.get(i));
        outcome.isGood();
        assertThat(Answers.label(outcome.message())).isEqualTo("n" + i);
      }
      assertThat(server.accepted).hasValue(1);
    }
  }
}
