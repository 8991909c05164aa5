package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.UpstreamEndpoint;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.UpstreamMetrics;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Servers from before EDNS. RFC 6891 section 7: "Responders that choose not to implement the
 * protocol extensions defined in this document MUST respond with a return code (RCODE) of FORMERR
 * to messages containing an OPT RR in the additional section and MUST NOT include an OPT record in
 * the response."
 */
class EdnsFallbackTest {
  private static boolean hasOpt(byte[] query) {
    return query[11] == 1;
  }

  private static void refuse(LyingUpstream.UdpTurn turn, String refusal) throws IOException {
    switch (refusal) {
      case "formerrnoq" -> turn.reply(BadAnswers.of("formerrnoq", turn.query));
      case "badvers" -> turn.reply(badVersion(turn.query));
      default -> turn.reply(Answers.rcode(turn.query, Integer.parseInt(refusal)));
    }
  }

  private static byte[] badVersion(byte[] query) {
    byte[] message =
        Answers.message(query, Answers.QR, 0, new byte[] {0, 0, 41, 4, -48, 1, 0, 0, 0, 0, 0});
    message[11] = 1;
    return message;
  }

  @ParameterizedTest
  @CsvSource({
    "1, false",
    "1, true",
    "4, false",
    "formerrnoq, false",
    "formerrnoq, true",
    "badvers, false"
  })
  void server_thatRefusesEdns_isAskedWithoutItAndRemembered(String refusal, boolean overTcp)
      throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      if (overTcp) {
        server.truncatedThen(
            "old",
            turn ->
                turn.reply(
                    hasOpt(turn.query)
                        ? refusal.equals("1")
                            ? Answers.rcode(turn.query, 1)
                            : BadAnswers.of("formerrnoq", turn.query)
                        : Answers.good(turn.query)));
      } else {
        server.udp(
            "old",
            turn -> {
              if (hasOpt(turn.query)) {
                refuse(turn, refusal);
              } else {
                turn.reply(Answers.good(turn.query));
              }
            });
      }

      asker.askAndWait("old.example.test").isGood();
      asker.askAndWait("old.example.test").isGood();

      assertThat(server.seen("old", overTcp)).hasSize(3);
      assertThat(hasOpt(server.seen("old", overTcp).get(2).message())).isFalse();
      assertThat(asker.metrics.ednsFallbacks.sum()).isEqualTo(1);
      assertThat(asker.metrics.failureRcodes.sum()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "4", "formerrnoq"})
  void forgedRefusal_neitherEndsTheWaitNorIsRemembered(String refusal) throws Exception {
    try (LyingUpstream server = LyingUpstream.on("127.0.0.1");
        Asker asker = Asker.of(Asker.STEADY, server.port(), "127.0.0.1")) {
      server.udp(
          "good",
          turn -> {
            if (turn.count == 1) {
              refuse(turn, refusal);
              byte[] opt = {0, 0, 41, 4, -48, 0, 0, 0, 0, 0, 0};
              byte[] good =
                  Answers.concat(opt, Answers.record(Answers.ownerOfQuestion(), 1, Answers.GOOD));
              byte[] message = Answers.message(turn.query, Answers.QR, 1, reordered(good));
              message[11] = 1;
              turn.reply(message);
            } else if (hasOpt(turn.query)) {
              turn.reply(Answers.good(turn.query));
            }
          });

      assertThat(asker.askAndWait("good.example.test").result())
          .isInstanceOf(UpstreamResult.Received.class);
      asker.askAndWait("good.example.test").isGood();

      assertThat(hasOpt(server.seen("good", false).get(2).message())).isTrue();
    }
  }

  /** The answer before the OPT record. */
  private static byte[] reordered(byte[] optFirst) {
    byte[] ordered = new byte[optFirst.length];
    int answer = optFirst.length - 11;
    System.arraycopy(optFirst, 11, ordered, 0, answer);
    System.arraycopy(optFirst, 0, ordered, answer, 11);
    return ordered;
  }

  @Test
  void lackOfEdns_isForgottenAfterTenMinutes() {
    UpstreamServer server =
        new UpstreamServer(
            0,
            UpstreamEndpoint.plain(IpAddress.ofIpv4(0xc0000201), 53),
            null,
            false,
            UpstreamTimings.DEFAULT,
            new UpstreamMetrics(),
            Long.MAX_VALUE);

    boolean news = server.lacksEdns(Long.MAX_VALUE);

    assertThat(news).isTrue();
    assertThat(server.knowsEdns(Long.MAX_VALUE + TimeUnit.MINUTES.toNanos(9))).isFalse();
    assertThat(server.knowsEdns(Long.MAX_VALUE + TimeUnit.MINUTES.toNanos(10))).isTrue();
  }
}
