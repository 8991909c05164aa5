package io.dotp.dns.resolver.rfc;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.additional;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.authority;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.RewritePlan.Rewritten;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** RFC 8482, Providing Minimal-Sized Responses to DNS Queries That Have QTYPE=ANY. */
class Rfc8482Test {
  /**
   * Section 4.2: "In this case, a single HINFO resource record SHOULD be returned. The CPU field of
   * the HINFO RDATA SHOULD be set to "RFC8482"."
   */
  @Test
  void section42_noAlias_isASingleHinfoRecord() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. ANY")
                .answer("a.listed.test. 300 IN A 203.0.113.1", "a.listed.test. 20 IN TXT x")
                .additional("a.listed.test. 300 IN AAAA 2001:db8::1"));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 20 IN HINFO \"RFC8482\" \"\"");
    assertThat(additional(rewritten)).isEmpty();
  }

  /** Section 4.2: "If there is no CNAME present at the owner name matching the QNAME". */
  @Test
  void section42_alias_isReturnedItself() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. ANY")
                .answer(
                    "b.example. 300 IN A 203.0.113.1", "a.listed.test. 300 IN CNAME b.example."));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN CNAME b.example.");
  }

  /** A name that does not exist, or has no data, is not given any. */
  @Test
  void section42_nothingThere_staysNothing() {
    String soa = "listed.test. 900 IN SOA ns.listed.test. admin.listed.test. 1 2 3 4 5";

    Rewritten nxdomain =
        rewrite(response("a.listed.test. ANY").rcode(Rcode.NXDOMAIN).authority(soa));
    Rewritten nodata = rewrite(response("a.listed.test. ANY").authority(soa));

    assertThat(nxdomain.message().getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(nodata.message().getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answer(nxdomain)).isEmpty();
    assertThat(answer(nodata)).isEmpty();
    assertThat(authority(nxdomain)).containsExactly(soa);
    assertThat(authority(nodata)).containsExactly(soa);
  }
}
