package io.dotp.dns.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.UpstreamConfig;
import io.dotp.dns.upstream.UpstreamResult.Cause;
import io.dotp.e2e.Warnings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which certificates are refused, and in which words. */
class CertificateTest {
  @TempDir static Path directory;

  private static final String NAMES = "dns:" + Servers.NAME;

  private static TestPki pki;

  @BeforeAll
  static void makeAuthority() throws Exception {
    pki = new TestPki(directory);
  }

  static Stream<Arguments> refused() throws Exception {
    TestPki other =
        new TestPki(Files.createDirectory(directory.resolve("other")), "Other authority");
    return Stream.of(
        Arguments.of("expired", pki.server(NAMES, "-20d", 10), "expired until=20"),
        Arguments.of("early", pki.server(NAMES, "+5d", 10), "not valid yet, or this clock"),
        Arguments.of(
            "otherName",
            pki.server("dns:a.example,dns:b.example,ip:192.0.2.1"),
            "wanted=dns.example.test offered=[a.example, b.example, 192.0.2.1]"),
        Arguments.of("unknownIssuer", other.server(NAMES), "issuer is unknown issuer=\"CN=Other"),
        Arguments.of("selfSigned", pki.selfSigned(NAMES), "self-signed subject=\"CN=alone\""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void certificate_thatIsRefused_isSaidToBeInOneWarning(
      String name, KeyManagerFactory keys, String words) throws Exception {
    try (Warnings warnings = new Warnings(UpstreamServer.class);
        LyingUpstream server = LyingUpstream.tls("127.0.0.1", keys);
        Asker asker =
            Asker.of(Asker.STEADY, Servers.tls(server.port(), Servers.NAME, pki.caFile()))) {
      for (int i = 0; i < 4; i++) {
        asker.askAndWait("any.example.test").hasFailed(Cause.CERTIFICATE);
      }

      assertThat(warnings.lines).singleElement().asString().contains(words);
      assertThat(asker.group.status().get(0).lastError()).contains(words);
      assertThat(server.seen).isEmpty();
      assertThat(asker.metrics.protocolFailures.sum()).isPositive();
    }
  }

  @Test
  void certificate_ofAPrivateAuthority_isUnknownToTheSystem() throws Exception {
    try (Warnings warnings = new Warnings(UpstreamServer.class);
        LyingUpstream server = LyingUpstream.tls("127.0.0.1", pki.server(NAMES));
        Asker asker =
            Asker.of(
                Asker.STEADY,
                new UpstreamConfig(
                    Servers.tls(server.port(), Servers.NAME, pki.caFile()).servers(),
                    java.util.List.of(),
                    null))) {

      asker.askAndWait("any.example.test").hasFailed(Cause.CERTIFICATE);

      assertThat(warnings.lines).singleElement().asString().contains("--upstream-ca");
    }
  }

  @Test
  void plainText_onTheTlsPort_isSaidToBe() throws Exception {
    try (Warnings warnings = new Warnings(UpstreamServer.class);
        RawServer server = new RawServer("SSH-2.0-OpenSSH_9.2\r\n");
        Asker asker =
            Asker.of(Asker.STEADY, Servers.tls(server.port(), Servers.NAME, pki.caFile()))) {

      asker.askAndWait("any.example.test").hasFailed(Cause.TLS);

      assertThat(warnings.lines).singleElement().asString().contains("does not speak TLS");
    }
  }

  @Test
  void alert_ofTheServer_isNamed() throws Exception {
    try (Warnings warnings = new Warnings(UpstreamServer.class);
        RawServer server = new RawServer("\u0015\u0003\u0003\u0000\u0002\u0002(");
        Asker asker =
            Asker.of(Asker.STEADY, Servers.tls(server.port(), Servers.NAME, pki.caFile()))) {

      asker.askAndWait("any.example.test").hasFailed(Cause.TLS);

      assertThat(warnings.lines).singleElement().asString().contains("alert handshake_failure");
    }
  }

  @Test
  void server_withoutAlpn_isNotAskedThroughHttps() throws Exception {
    try (Warnings warnings = new Warnings(UpstreamServer.class);
        LyingUpstream server = LyingUpstream.tls("127.0.0.1", pki.server(NAMES));
        Asker asker =
            Asker.of(Asker.STEADY, Servers.https(server.port(), Servers.NAME, pki.caFile()))) {

      asker.askAndWait("any.example.test").hasFailed(Cause.TLS);

      assertThat(warnings.lines).singleElement().asString().contains("ALPN");
    }
  }

  @Test
  void silentServer_costsTheBudgetAndNoMore() throws Exception {
    try (RawServer server = new RawServer("");
        Asker asker =
            Asker.of(Asker.QUICK, Servers.tls(server.port(), Servers.NAME, pki.caFile()))) {

      assertThat(asker.askAndWait("any.example.test").result())
          .isIn(
              new UpstreamResult.Failed(Cause.TIMEOUT),
              new UpstreamResult.Failed(Cause.UNREACHABLE));
    }
  }

  @Test
  void caFile_thatIsOfNoUse_isSaidToBe() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty.pem"), "", StandardCharsets.US_ASCII);
    Path junk = Files.writeString(directory.resolve("junk.pem"), "no", StandardCharsets.US_ASCII);

    assertThat(UpstreamGroups.problemOf(pki.caFile())).isNull();
    assertThat(UpstreamGroups.problemOf(directory.resolve("absent.pem"))).contains("no such file");
    assertThat(UpstreamGroups.problemOf(empty)).contains("no certificate");
    assertThat(UpstreamGroups.problemOf(junk)).isNotNull();
  }
}
