package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.dns.upstream.LyingUpstream.TcpTurn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DNS over TLS, RFC 7858, towards a server in the same process. */
class TlsTest {
  @TempDir static Path directory;

  private static TestPki pki;
  private static KeyManagerFactory keys;

  @BeforeAll
  static void makeCertificates() throws Exception {
    pki = new TestPki(directory);
    keys = pki.server("dns:" + Servers.NAME + ",ip:127.0.0.1");
  }

  private static Asker asker(UpstreamTimings timings, LyingUpstream server) {
    return Asker.of(timings, Servers.tls(server.port(), Servers.NAME, pki.caFile()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void query_goesThroughTlsAndNeverOverUdp(String protocol) throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys, protocol);
        Asker asker = asker(Asker.STEADY, server)) {
      List<String> seen = Collections.synchronizedList(new ArrayList<>());
      server.tcp(
          "any",
          turn -> {
            SSLSession session = ((SSLSocket) turn.connection).getSession();
            seen.add(session.getProtocol());
            seen.add(
                ((SNIHostName) ((ExtendedSSLSession) session).getRequestedServerNames().get(0))
                    .getAsciiName());
            turn.reply(Answers.good(turn.query));
          });

      asker.askAndWait("any.example.test").isGood();

      assertThat(seen).containsExactly(protocol, Servers.NAME);
      assertThat(asker.metrics.udpSent.sum()).isZero();
      assertThat(server.seen("any", false)).isEmpty();
    }
  }

  @Test
  void certificate_forTheAddress_isEnough() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker =
            Asker.of(Asker.STEADY, Servers.tls(server.port(), "127.0.0.1", pki.caFile()))) {

      asker.askAndWait("any.example.test").isGood();
    }
  }

  @Test
  void query_isPaddedToA128OctetBlock() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(Asker.STEADY, server)) {
      for (int length = 1; length <= 60; length++) {
        asker.askAndWait("a".repeat(length) + ".example.test").isGood();
      }

      assertThat(server.seen).hasSize(60).allMatch(each -> each.message().length == 128);
    }
  }

  @Test
  void connection_isKeptForTheNextQuery() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(Asker.STEADY, server)) {
      for (int i = 0; i < 20; i++) {
        asker.askAndWait("any.example.test").isGood();
      }

      assertThat(server.accepted).hasValue(1);
    }
  }

  @Test
  void pipelinedQueries_answeredInReverse_eachGetItsOwn() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(Asker.STEADY, server)) {
      List<TcpTurn> turns = Collections.synchronizedList(new ArrayList<>());
      List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        server.tcp("q" + i, turns::add);
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
  void idleConnection_isClosed() throws Exception {
    UpstreamTimings idlesBriefly = new UpstreamTimings(60_000, 60_000, 90_000, 1, 1, 50, 20_000);
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(idlesBriefly, server)) {

      asker.askAndWait("any.example.test").isGood();

      Asker.until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void keptConnection_closedByTheServer_isReplacedForTheNextQuery() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(Asker.QUICK, server)) {

      asker.askAndWait("any.example.test").isGood();
      server.closeConnections();
      asker.askAndWait("any.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void keptConnection_thatSaysNothing_isReplacedAtTheFirstRepeat() throws Exception {
    UpstreamTimings repeats =
        new UpstreamTimings(100, 60_000, 90_000, 60_000, 60_000, 60_000, 20_000);
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(repeats, server)) {
      server.tcp(
          "dead",
          turn -> {
            if (server.accepted.get() > 1) {
              turn.reply(Answers.good(turn.query));
            }
          });

      asker.askAndWait("any.example.test").isGood();
      asker.askAndWait("dead.example.test").isGood();

      assertThat(server.accepted).hasValue(2);
    }
  }

  @Test
  void restingServer_thatReturns_isBackSoon() throws Exception {
    int port;
    try (LyingUpstream gone = LyingUpstream.on("127.0.0.1")) {
      port = gone.port();
    }
    try (Asker asker = Asker.of(Asker.QUICK, Servers.tls(port, Servers.NAME, pki.caFile()))) {
      for (int i = 0; i < 3; i++) {
        asker.askAndWait("any.example.test").hasFailed(UpstreamResult.Cause.UNREACHABLE);
      }
      ServerStatus down = asker.group.status().get(0);
      assertThat(down.resting()).isTrue();
      assertThat(down.lastError()).contains("refused");

      try (LyingUpstream back = LyingUpstream.tls("127.0.0.1", port, keys)) {
        asker.askAndWait("any.example.test").isGood();

        assertThat(back.seen).isNotEmpty();
        assertThat(asker.group.status().get(0).resting()).isFalse();
      }
    }
  }

  @Test
  void truncatedAnswer_throughTls_isPassedOn() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(Asker.STEADY, server)) {
      server.tcp("tc", turn -> turn.reply(Answers.truncated(turn.query)));

      asker.askAndWait("tc.example.test").hasRcode(0);

      assertThat(asker.metrics.udpSent.sum()).isZero();
    }
  }

  @Test
  void answers_of65535Bytes_arriveWhole() throws Exception {
    try (LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker = asker(Asker.STEADY, server)) {
      server.tcp("big", turn -> turn.reply(Answers.ofLength(turn.query, 65_535)));

      for (int i = 0; i < 5; i++) {
        assertThat(asker.askAndWait("big.example.test").bytes()).hasSize(65_535);
      }
    }
  }
}
