package io.dotp.dns.resolver.rfc;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.authority;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.RewritePlan.Rewritten;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** RFC 2308, Negative Caching of DNS Queries. */
class Rfc2308Test {
  /**
   * Section 3: "MUST include the SOA record of the zone in the authority section of the response
   * when reporting an NXDOMAIN or indicating that no data of the requested type exists".
   */
  @Test
  void section3_nodataMadeHere_hasAnSoa() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. AAAA")
                .answer("a.four.test. 300 IN AAAA 2001:db8::1")
                .authority("four.test. 300 IN NS ns.four.test."));

    assertThat(rewritten.message().getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answer(rewritten)).isEmpty();
    assertThat(authority(rewritten))
        .singleElement()
        .asString()
        .startsWith("a.four.test. 60 IN SOA");
  }

  /**
   * Section 3: "The TTL of this record is set from the minimum of the MINIMUM field of the SOA
   * record and the TTL of the SOA itself".
   */
  @Test
  void section3_ttlOfAnSoaMadeHere_isTheLeastOfWhatWasLeftOut() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. AAAA")
                .answer(
                    "a.four.test. 300 IN AAAA 2001:db8::1", "a.four.test. 20 IN AAAA 2001:db8::2"));

    assertThat(authority(rewritten))
        .singleElement()
        .asString()
        .startsWith("a.four.test. 20 IN SOA")
        .endsWith(" 60");
  }

  /** Section 2.2.1: an answer of nothing but aliases and an SOA is NODATA of the last target. */
  @Test
  void section221_nodataBehindAnAlias_keepsTheAlias() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. AAAA")
                .answer(
                    "a.four.test. 300 IN CNAME b.example.", "b.example. 300 IN AAAA 2001:db8::1"));

    assertThat(answer(rewritten)).containsExactly("a.four.test. 60 IN CNAME b.example.");
    assertThat(authority(rewritten)).singleElement().asString().contains(" IN SOA ");
  }
}
