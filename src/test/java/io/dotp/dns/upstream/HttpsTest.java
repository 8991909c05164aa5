package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.dns.upstream.DohServer.Exchange;
import io.dotp.dns.upstream.DohServer.Request;
import io.dotp.dns.upstream.UpstreamResult.Cause;
import io.dotp.e2e.Warnings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DNS over HTTPS, RFC 8484, towards a server in the same process. */
class HttpsTest {
  @TempDir static Path directory;

  private static TestPki pki;
  private static KeyManagerFactory keys;

  @BeforeAll
  static void makeCertificates() throws Exception {
    pki = new TestPki(directory);
    keys = pki.server("dns:" + Servers.NAME);
  }

  private static Asker asker(UpstreamTimings timings, DohServer server) {
    return Asker.of(timings, Servers.https(server.port(), Servers.NAME, pki.caFile()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "http/1.1"})
  void query_isPostedWithIdZeroAndPadded(String protocol) throws Exception {
    try (DohServer server = new DohServer(keys, 0, protocol);
        Asker asker = asker(Asker.STEADY, server)) {

      asker.askAndWait("any.example.test").isGood();

      assertThat(server.seen)
          .containsExactly(
              new Request(
                  "POST /dns-query",
                  Servers.NAME + ":" + server.port(),
                  "application/dns-message application/dns-message",
                  128,
                  0));
      assertThat(asker.metrics.udpSent.sum()).isZero();
    }
  }

  @Test
  void server_thatSpeaksBoth_isSpokenToInHttp2() throws Exception {
    try (DohServer server = new DohServer(keys, 0, "h2", "http/1.1");
        Asker asker = asker(Asker.STEADY, server)) {
      List<Exchange> held = new CopyOnWriteArrayList<>();
      server.on("held", held::add);

      CompletableFuture<Outcome> waiting = asker.ask("held.example.test");
      Asker.until(() -> held.size() == 1);
      asker.askAndWait("any.example.test").isGood();
      held.get(0).reply(Answers.good(held.get(0).query));

      Asker.await(waiting).isGood();
      assertThat(server.accepted).hasValue(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"h2, 0", "h2, 3", "http/1.1, 0"})
  void manyQueries_onOneConnection_eachGetItsOwn(String protocol, int mostStreams)
      throws Exception {
    try (DohServer server = new DohServer(keys, mostStreams, protocol);
        Asker asker = asker(Asker.STEADY, server)) {
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        outcomes.add(asker.ask("q" + i + ".example.test"));
      }

      for (int i = 0; i < outcomes.size(); i++) {
        Outcome outcome = Asker.await(outcomes.get(i));
        outcome.isGood();
        assertThat(Answers.label(outcome.message())).isEqualTo("q" + i);
      }
      assertThat(server.accepted).hasValue(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "h2, 503, application/dns-message, HTTP status 503",
    "h2, 404, text/html, HTTP status 404",
    "http/1.1, 503, application/dns-message, HTTP status 503",
    "h2, 200, text/html, content type is text/html",
    "http/1.1, 200, application/json, content type is application/json"
  })
  void answer_thatIsNoDns_isAFailureAndSaidOnce(
      String protocol, int status, String contentType, String words) throws Exception {
    try (Warnings warnings = new Warnings(UpstreamServer.class);
        DohServer server = new DohServer(keys, 0, protocol);
        Asker asker = asker(Asker.STEADY, server)) {
      server.on("bad", exchange -> exchange.reply(status, contentType, new byte[100]));

      for (int i = 0; i < 3; i++) {
        asker.askAndWait("bad.example.test").hasFailed(Cause.HTTP);
      }
      asker.askAndWait("any.example.test").isGood();

      assertThat(warnings.lines).singleElement().asString().contains(words);
    }
  }

  @Test
  void contentType_withAParameter_isTaken() throws Exception {
    try (DohServer server = new DohServer(keys, 0, "h2");
        Asker asker = asker(Asker.STEADY, server)) {
      server.on(
          "any",
          exchange ->
              exchange.reply(
                  200, "Application/DNS-Message; charset=x", Answers.good(exchange.query)));

      asker.askAndWait("any.example.test").isGood();
    }
  }

  @Test
  void answer_of65535Bytes_arrivesWhole_andALongerOneDoesNot() throws Exception {
    try (DohServer server = new DohServer(keys, 0, "h2");
        Asker asker = asker(Asker.STEADY, server)) {
      server.on("big", exchange -> exchange.reply(Answers.ofLength(exchange.query, 65_535)));
      server.on("huge", exchange -> exchange.reply(new byte[70_000]));

      for (int i = 0; i < 3; i++) {
        assertThat(asker.askAndWait("big.example.test").bytes()).hasSize(65_535);
        asker.askAndWait("huge.example.test").hasFailed(Cause.HTTP);
      }
      assertThat(server.accepted).hasValue(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "http/1.1"})
  void answer_toAnotherQuestion_isNone(String protocol) throws Exception {
    try (DohServer server = new DohServer(keys, 0, protocol);
        Asker asker = asker(Asker.STEADY, server)) {
      server.on("lie", exchange -> exchange.reply(BadAnswers.of("wrongqname", exchange.query)));
      server.on(
          "text",
          exchange ->
              exchange.reply(
                  200, "application/dns-message", "hello".getBytes(StandardCharsets.US_ASCII)));

      asker.askAndWait("lie.example.test").hasFailed(Cause.HTTP);
      asker.askAndWait("text.example.test").hasFailed(Cause.HTTP);
      asker.askAndWait("any.example.test").isGood();
    }
  }

  @Test
  void stream_thatIsReset_isAskedAgainLater() throws Exception {
    UpstreamTimings repeats =
        new UpstreamTimings(100, 60_000, 90_000, 60_000, 60_000, 60_000, 20_000);
    try (DohServer server = new DohServer(keys, 0, "h2");
        Asker asker = asker(repeats, server)) {
      List<Exchange> resets = new CopyOnWriteArrayList<>();
      server.on(
          "reset",
          exchange -> {
            if (resets.isEmpty()) {
              resets.add(exchange);
              exchange.resetStream();
            } else {
              exchange.reply(Answers.good(exchange.query));
            }
          });

      asker.askAndWait("reset.example.test").isGood();

      assertThat(resets).hasSize(1);
    }
  }

  @Test
  void connection_thatGoesAway_answersWhatItHasAndIsReplaced() throws Exception {
    try (DohServer server = new DohServer(keys, 0, "h2");
        Asker asker = asker(Asker.STEADY, server)) {
      server.on(
          "last",
          exchange -> {
            exchange.goAway();
            exchange.reply(Answers.good(exchange.query));
          });

      asker.askAndWait("last.example.test").isGood();
      asker.askAndWait("any.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void connection_closedWithAQueryOnIt_isReplacedForThatQuery() throws Exception {
    try (DohServer server = new DohServer(keys, 0, "h2");
        Asker asker = asker(Asker.STEADY, server)) {
      server.on(
          "closes",
          exchange -> {
            if (server.accepted.get() == 1) {
              exchange.connection.close();
            } else {
              exchange.reply(Answers.good(exchange.query));
            }
          });

      asker.askAndWait("any.example.test").isGood();
      asker.askAndWait("closes.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void queries_thatAreGivenUp_leaveTheConnectionUsable() throws Exception {
    try (DohServer server = new DohServer(keys, 2, "h2");
        Asker asker = asker(Asker.QUICK, server)) {
      server.on("silent", exchange -> {});
      List<CompletableFuture<Outcome>> silent = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        silent.add(asker.ask("silent.example.test"));
      }

      for (CompletableFuture<Outcome> each : silent) {
        assertThat(Asker.await(each).result()).isInstanceOf(UpstreamResult.Failed.class);
      }

      asker.askAndWait("any.example.test").isGood();
    }
  }
}
