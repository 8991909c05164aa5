package io.dotp.dns.resolver.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.LocalConfig.Canary;
import io.dotp.dns.resolver.LocalQuestions;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** RFC 9462, Discovery of Designated Resolvers. */
class Rfc9462Test {
  private final LocalQuestions local = new LocalQuestions();

  /** Section 4: "SHOULD return a NODATA response" when no resolver is designated. */
  @Test
  void section4_dnsResolverArpa_isNodata() throws IOException {
    assertThat(local.ask("_dns.resolver.arpa", "SVCB")).isEqualTo("NOERROR soa=resolver.arpa.");
    assertThat(local.ask("_dns.resolver.arpa", "A")).isEqualTo("NOERROR soa=resolver.arpa.");
  }

  /** Section 6.4: resolvers treat resolver.arpa "as a locally served zone". */
  @Test
  void section6_resolverArpa_isServedHere() throws IOException {
    assertThat(local.ask("resolver.arpa", "A")).isEqualTo("NOERROR soa=resolver.arpa.");
    assertThat(local.ask("resolver.arpa", "NS")).isEqualTo("NOERROR NS resolver.arpa.");
    assertThat(local.ask("x.resolver.arpa", "A")).isEqualTo("NXDOMAIN soa=resolver.arpa.");
    assertThat(local.ask("arpa", "A")).isEqualTo("upstream");
  }

  @Test
  void canaryPassed_isAskedUpstreamAndTheOthersAreNot() throws IOException {
    local.pass(Canary.DDR);

    assertThat(local.ask("_dns.resolver.arpa", "SVCB")).isEqualTo("upstream");
    assertThat(local.ask("mask.icloud.com", "A")).isEqualTo("NXDOMAIN soa=icloud.com. ede=15");
    assertThat(local.ask("use-application-dns.net", "A")).isEqualTo("NXDOMAIN soa=net. ede=15");
  }
}
