package io.dotp.dns.resolver.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.LocalQuestions;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6303, Locally Served DNS Zones. */
class Rfc6303Test {
  private final LocalQuestions local = new LocalQuestions();

  @ParameterizedTest
  @CsvSource({
    "1.0.0.10.in-addr.arpa, 10.in-addr.arpa.",
    "10.10.in-addr.arpa, 10.in-addr.arpa.",
    "1.1.16.172.in-addr.arpa, 16.172.in-addr.arpa.",
    "1.1.31.172.in-addr.arpa, 31.172.in-addr.arpa.",
    "1.1.168.192.in-addr.arpa, 168.192.in-addr.arpa.",
    "1.1.127.100.in-addr.arpa, 127.100.in-addr.arpa.",
    "x.1.1.168.192.in-addr.arpa, 168.192.in-addr.arpa.",
    "x.168.192.in-addr.arpa, 168.192.in-addr.arpa.",
    "9.8.d.f.ip6.arpa, d.f.ip6.arpa."
  })
  void section4_namesInAZone_doNotExist(String name, String zone) throws IOException {
    assertThat(local.ask(name, "PTR")).isEqualTo("NXDOMAIN soa=" + zone);
    assertThat(local.claim(name).ask(name, "PTR")).isEqualTo("upstream");
  }

  @ParameterizedTest
  @CsvSource({
    "1.1.15.172.in-addr.arpa",
    "1.1.32.172.in-addr.arpa",
    "172.in-addr.arpa",
    "1.1.63.100.in-addr.arpa",
    "192.in-addr.arpa",
    "01.168.192x.in-addr.arpa",
    "1.010.in-addr.arpa",
    "in-addr.arpa",
    "ip6.arpa",
    "f.ip6.arpa",
    "c.e.f.ip6.arpa",
    "fd.ip6.arpa",
    "8.8.8.8.in-addr.arpa"
  })
  void section4_namesOutside_areForwarded(String name) throws IOException {
    assertThat(local.ask(name, "PTR")).isEqualTo("upstream");
  }

  /** Section 3: "@ 10800 IN SOA @ nobody.invalid. ...", "@ 10800 IN NS @". */
  @Test
  void section3_apex_hasSoaAndNsOnly() throws IOException {
    assertThat(local.ask("10.in-addr.arpa", "SOA"))
        .isEqualTo("NOERROR SOA 10.in-addr.arpa. nobody.invalid. 1 3600 1200 604800 60");
    assertThat(local.ask("10.in-addr.arpa", "NS")).isEqualTo("NOERROR NS 10.in-addr.arpa.");
    assertThat(local.ask("10.in-addr.arpa", "PTR")).isEqualTo("NOERROR soa=10.in-addr.arpa.");
  }

  @Test
  void hostsFile_namesAnAddress_isAnsweredAndNothingAboveItIsDenied() throws IOException {
    local.hosts("10.1.2.3 nas.lan", "127.0.0.1 ads.lan");

    assertThat(local.ask("3.2.1.10.in-addr.arpa", "PTR")).isEqualTo("NOERROR PTR nas.lan.");
    assertThat(local.ask("3.2.1.10.in-addr.arpa", "TXT")).isEqualTo("NOERROR soa=10.in-addr.arpa.");
    assertThat(local.ask("1.10.in-addr.arpa", "PTR")).isEqualTo("NOERROR soa=10.in-addr.arpa.");
    assertThat(local.ask("4.2.1.10.in-addr.arpa", "PTR"))
        .isEqualTo("NXDOMAIN soa=10.in-addr.arpa.");
    assertThat(local.ask("1.0.0.127.in-addr.arpa", "PTR")).isEqualTo("NOERROR PTR localhost.");
  }

  @Test
  void poolInsideAZone_hasItsNamesAndNothingAboveItIsDenied() throws IOException {
    local.pool("10.64.0.0/10");

    assertThat(local.ask("64.10.in-addr.arpa", "PTR")).isEqualTo("NOERROR soa=64.10.in-addr.arpa.");
    assertThat(local.ask("1.1.127.10.in-addr.arpa", "PTR"))
        .isEqualTo("NXDOMAIN soa=127.10.in-addr.arpa.");
    assertThat(local.ask("1.1.128.10.in-addr.arpa", "PTR"))
        .isEqualTo("NXDOMAIN soa=10.in-addr.arpa.");
  }
}
