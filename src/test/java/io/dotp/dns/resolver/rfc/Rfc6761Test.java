package io.dotp.dns.resolver.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.LocalQuestions;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6761, Special-Use Domain Names. */
class Rfc6761Test {
  private final LocalQuestions local = new LocalQuestions();

  /**
   * Section 6.3: "SHOULD ... respond with the loopback address"; below it, and for no other type.
   */
  @ParameterizedTest
  @CsvSource({
    "localhost, A, NOERROR A 127.0.0.1",
    "a.localhost, A, NOERROR A 127.0.0.1",
    "localhost, AAAA, NOERROR AAAA ::1",
    "localhost, MX, NOERROR soa=localhost.",
    "a.localhost, HTTPS, NOERROR soa=localhost.",
    "localhost.example.com, A, upstream",
    "notlocalhost, A, upstream"
  })
  void section6_localhost_isLoopback(String name, String type, String answer) throws IOException {
    assertThat(local.ask(name, type)).isEqualTo(answer.replace("::1", "0:0:0:0:0:0:0:1"));
  }

  /** Sections 6.2 and 6.4: test and invalid get "immediate" negative answers. */
  @ParameterizedTest
  @CsvSource({"test", "a.test", "a.b.test", "invalid", "a.invalid"})
  void section6_testAndInvalid_doNotExist(String name) throws IOException {
    for (String type : new String[] {"A", "AAAA", "TXT", "SOA", "ANY"}) {
      assertThat(local.ask(name, type)).isEqualTo("NXDOMAIN soa=.");
    }
  }

  /** Section 6.5: "Caching DNS servers SHOULD NOT recognize example names as special". */
  @ParameterizedTest
  @CsvSource({"example", "example.com", "www.example.net", "www.example.org"})
  void section6_example_isAnOrdinaryName(String name) throws IOException {
    assertThat(local.ask(name, "A")).isEqualTo("upstream");
  }

  @Test
  void section6_namesThatSomebodyClaims_areTheirsButForLocalhostAndInvalid() throws IOException {
    local.claim("a.test").claim("localhost").claim("a.invalid").hosts("192.0.2.1 h.test");

    assertThat(local.ask("a.test", "A")).isEqualTo("upstream");
    assertThat(local.ask("b.test", "A")).isEqualTo("NXDOMAIN soa=.");
    assertThat(local.ask("h.test", "A")).isEqualTo("NOERROR A 192.0.2.1");
    assertThat(local.ask("h.test", "MX")).isEqualTo("NOERROR soa=test.");
    assertThat(local.ask("localhost", "A")).isEqualTo("NOERROR A 127.0.0.1");
    assertThat(local.ask("a.invalid", "A")).isEqualTo("NXDOMAIN soa=.");
  }

  @Test
  void otherClass_isForwarded() throws IOException {
    assertThat(local.ask("localhost", "TXT", 3)).isEqualTo("upstream");
  }
}
