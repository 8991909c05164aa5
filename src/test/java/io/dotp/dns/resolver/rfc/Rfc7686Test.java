package io.dotp.dns.resolver.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.LocalQuestions;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 7686, The onion Special-Use Domain Name; others of its kind. */
class Rfc7686Test {
  private final LocalQuestions local = new LocalQuestions();

  /** Section 2: "MUST ... respond to all such queries with NXDOMAIN"; RFC 6762, RFC 9476. */
  @ParameterizedTest
  @CsvSource({
    "onion, .",
    "a.onion, .",
    "printer.local, .",
    "a.alt, .",
    "a.home.arpa, home.arpa.",
    "a.service.arpa, service.arpa."
  })
  void names_outsideTheDns_areNeverAskedFor(String name, String soa) throws IOException {
    assertThat(local.ask(name, "A")).isEqualTo("NXDOMAIN soa=" + soa);
    assertThat(local.claim(name).ask(name, "A")).isEqualTo("upstream");
  }
}
