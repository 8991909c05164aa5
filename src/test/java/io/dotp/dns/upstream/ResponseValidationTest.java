package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.dns.upstream.LyingUpstream.UdpTurn;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as an answer, and what happens when something else comes first. */
class ResponseValidationTest {
  private static final List<String> FAMILIES = List.of("127.0.0.1", "::1");

  static Stream<Arguments> foreign() {
    return BadAnswers.FOREIGN.keySet().stream()
        .flatMap(label -> FAMILIES.stream().map(address -> Arguments.of(label, address)));
  }

  static Stream<Arguments> malformed() {
    return BadAnswers.MALFORMED.keySet().stream()
        .flatMap(label -> FAMILIES.stream().map(address -> Arguments.of(label, address)));
  }

  @ParameterizedTest(name = "{0} from {1}")
  @MethodSource("foreign")
  void foreignAnswer_beforeTheGoodOne_isDroppedAndWaitedOn(String label, String address)
      throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(Asker.STEADY, server.port(), address)) {
      server.udp(
          label,
          turn -> {
            turn.reply(BadAnswers.of(label, turn.query));
            turn.reply(Answers.good(turn.query));
          });

      Outcome outcome = asker.askAndWait(label + ".example.test");

      outcome.isGood();
      // The epoll transport swallows an empty datagram.
      assertThat(asker.metrics.spoofNearMiss.sum()).isEqualTo(label.equals("empty") ? 0 : 1);
      assertThat(asker.metrics.tcpSent.sum()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 127.0.0.1", "127.0.0.1, 127.0.0.2", "::1, ::1"})
  void answer_fromAnotherSocket_isNeverSeen(String address, String liar) throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(Asker.STEADY, server.port(), address)) {
      int port = liar.equals(address) ? 0 : server.port();
      server.udp(
          "wrongsource",
          turn -> {
            turn.replyFrom(new InetSocketAddress(liar, port), BadAnswers.poison(turn.query));
            turn.reply(Answers.good(turn.query));
          });

      Outcome outcome = asker.askAndWait("wrongsource.example.test");

      outcome.isGood();
      assertThat(asker.metrics.responses.sum()).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "{0} from {1}")
  @MethodSource("malformed")
  void malformedAnswer_beforeTheGoodOne_isDroppedAndWaitedOn(String label, String address)
      throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(Asker.STEADY, server.port(), address)) {
      server
          .udp(
              label,
              turn -> {
                turn.reply(BadAnswers.of(label, turn.query));
                turn.reply(Answers.good(turn.query));
              })
          .tcp(label, turn -> {});

      Outcome outcome = asker.askAndWait(label + ".example.test");

      outcome.isGood();
      assertThat(asker.metrics.malformed.sum()).isEqualTo(1);
    }
  }

  @ParameterizedTest(name = "{0} from {1}")
  @MethodSource("malformed")
  void malformedAnswer_withoutAGoodOne_isAskedAgainOverTcp(String label, String address)
      throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.of(Asker.STEADY, server.port(), address)) {
      server.udp(label, turn -> turn.reply(BadAnswers.of(label, turn.query)));

      Outcome outcome = asker.askAndWait(label + ".example.test");

      outcome.isGood();
      assertThat(server.seen(label, true)).hasSize(1);
    }
  }

  @Test
  void malformedAnswer_overBothTransports_failsAsMalformed() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.QUICK, server.port(), "127.0.0.1")) {
      server
          .udp("rdlen5", turn -> turn.reply(BadAnswers.of("rdlen5", turn.query)))
          .tcp("rdlen5", turn -> turn.reply(BadAnswers.of("rdlen5", turn.query)));

      Outcome outcome = asker.askAndWait("rdlen5.example.test");

      outcome.hasFailed(UpstreamResult.Cause.MALFORMED);
      assertThat(server.seen("rdlen5", true)).hasSize(1);
    }
  }

  @Test
  void answer_inOtherCase_isAskedAgainOverTcp() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.udp("caseq", turn -> turn.reply(Answers.inOtherCase(BadAnswers.poison(turn.query))));

      Outcome outcome = asker.askAndWait("caseq.example.test");

      outcome.isGood();
      assertThat(asker.metrics.caseMismatch.sum()).isEqualTo(1);
      assertThat(asker.group.status().get(0).keepsCase()).isTrue();
    }
  }

  @Test
  void answer_inOtherCaseBeforeTheGoodOne_isWaitedOn() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server
          .udp(
              "caseq",
              turn -> {
                turn.reply(Answers.inOtherCase(BadAnswers.poison(turn.query)));
                turn.reply(Answers.good(turn.query));
              })
          .tcp("caseq", turn -> {});

      Outcome outcome = asker.askAndWait("caseq.example.test");

      outcome.isGood();
    }
  }

  @Test
  void server_thatChangesCaseOverTcpToo_isAskedInLowerCaseFromThenOn() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server
          .udp("lower", turn -> turn.reply(Answers.inOtherCase(Answers.good(turn.query))))
          .tcp("lower", turn -> turn.reply(Answers.inOtherCase(Answers.good(turn.query))));

      asker.askAndWait("lower.example.test").isGood();
      asker.askAndWait("lower.example.test").isGood();

      assertThat(asker.group.status().get(0).keepsCase()).isFalse();
      assertThat(server.seen("lower", true)).hasSize(1);
      byte[] second = server.seen("lower", false).get(1).message();
      assertThat(second).isEqualTo(Answers.inLowerCase(second));
    }
  }

  @Test
  void trailingBytes_areCutOff() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.udp(
          "trailing", turn -> turn.reply(Answers.concat(Answers.good(turn.query), Answers.POISON)));

      Outcome outcome = asker.askAndWait("trailing.example.test");

      outcome.isGood();
    }
  }

  @Test
  void repeatedAnswers_areTakenOnce() throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.udp("twice", ResponseValidationTest::replyTwice);

      for (int i = 0; i < 50; i++) {
        asker.askAndWait("twice.example.test").isGood();
      }

      assertThat(asker.metrics.responses.sum()).isEqualTo(50);
    }
  }

  private static void replyTwice(UdpTurn turn) throws IOException {
    turn.reply(Answers.good(turn.query));
    turn.reply(Answers.good(turn.query));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void sharedSocket_foreignAnswers_areDroppedAndWaitedOn(String address) throws Exception {
    try (LyingUpstream server = LyingUpstream.on(address);
        Asker asker = Asker.sharing(Asker.STEADY, server.port(), address)) {
      server.udp(
          "lies",
          turn -> {
            for (String label : BadAnswers.FOREIGN.keySet()) {
              turn.reply(BadAnswers.of(label, turn.query));
            }
            turn.reply(Answers.good(turn.query));
          });

      asker.askAndWait("lies.example.test").isGood();

      assertThat(asker.metrics.spoofNearMiss.sum()).isEqualTo(BadAnswers.FOREIGN.size() - 1);
    }
  }
}
