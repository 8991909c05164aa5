package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.UpstreamConfig;
import io.dotp.dns.upstream.Asker.Outcome;
import io.dotp.dns.upstream.TestPki.PemFiles;
import io.dotp.dns.upstream.UpstreamResult.Cause;
import io.dotp.e2e.Warnings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unbound, which nobody here wrote, asked through TLS and HTTPS on loopback. */
@Tag("netns")
class UnboundTest {
  @TempDir static Path directory;

  private static TestPki pki;
  private static Process unbound;
  private static int tlsPort;
  private static int httpsPort;

  @BeforeAll
  static void start() throws Exception {
    pki = new TestPki(directory);
    PemFiles files = pki.serverPem("dns:" + Servers.NAME);
    tlsPort = freePort();
    httpsPort = freePort();
    Path config =
        Files.writeString(
            directory.resolve("unbound.conf"),
            String.join(
                "\n",
                "server:",
                "  interface: 127.0.0.1@" + tlsPort,
                "  interface: 127.0.0.1@" + httpsPort,
                "  tls-port: " + tlsPort,
                "  https-port: " + httpsPort,
                "  tls-service-key: \"" + files.key() + "\"",
                "  tls-service-pem: \"" + files.certificate() + "\"",
                "  do-daemonize: no",
                "  username: \"\"",
                "  chroot: \"\"",
                "  pidfile: \"\"",
                "  use-syslog: no",
                "  directory: \"" + directory + "\"",
                "  module-config: \"iterator\"",
                "  local-zone: \"example.test.\" redirect",
                "  local-data: \"example.test. A 192.0.2.1\"",
                "remote-control:",
                "  control-enable: no",
                ""));
    unbound =
        new ProcessBuilder("unbound", "-d", "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("unbound.log").toFile())
            .start();
    Asker.until(() -> listens(tlsPort) && listens(httpsPort));
  }

  @AfterAll
  static void stop() throws Exception {
    unbound.destroyForcibly();
    assertThat(unbound.waitFor(Asker.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return probe.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket probe = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static UpstreamConfig config(String protocol, String name) {
    return protocol.equals("tls")
        ? Servers.tls(tlsPort, name, pki.caFile())
        : Servers.https(httpsPort, name, pki.caFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls", "https"})
  void thousandQueries_areAllAnsweredByTheirOwnAnswer(String protocol) throws Exception {
    try (Asker asker = Asker.of(Asker.STEADY, config(protocol, Servers.NAME))) {
      for (int wave = 0; wave < 5; wave++) {
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          outcomes.add(asker.ask("w" + wave + "x" + i + ".example.test"));
        }
        for (int i = 0; i < 200; i++) {
          Outcome outcome = Asker.await(outcomes.get(i));
          outcome.hasRcode(0);
          assertThat(outcome.bytes()).containsSequence((byte) 192, (byte) 0, (byte) 2, (byte) 1);
          assertThat(Answers.label(outcome.message())).isEqualTo("w" + wave + "x" + i);
        }
      }

      assertThat(asker.metrics.udpSent.sum()).isZero();
      assertThat(asker.metrics.protocolFailures.sum()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls", "https"})
  void wrongName_isRefused(String protocol) throws Exception {
    try (Asker asker = Asker.of(Asker.STEADY, config(protocol, "other.example.test"))) {

      asker.askAndWait("any.example.test").hasFailed(Cause.CERTIFICATE);
    }
  }

  @Test
  void wrongPath_isAnHttpFailure() throws Exception {
    UpstreamConfig wrong =
        new UpstreamConfig(
            List.of(
                Servers.endpoint(
                    io.dotp.config.UpstreamEndpoint.Protocol.HTTPS,
                    httpsPort,
                    Servers.NAME,
                    "/elsewhere")),
            List.of(),
            pki.caFile());
    try (Warnings warnings = new Warnings(UpstreamServer.class);
        Asker asker = Asker.of(Asker.STEADY, wrong)) {

      asker.askAndWait("any.example.test").hasFailed(Cause.HTTP);

      assertThat(warnings.lines).singleElement().asString().contains("HTTP status 404");
    }
  }
}
