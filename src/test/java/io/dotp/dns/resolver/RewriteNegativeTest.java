package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.FAKE_TTL;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.authority;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.RewritePlan.Rewritten;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

class RewriteNegativeTest {
  private static final String SOA =
      "listed.test. 900 IN SOA ns.listed.test. admin.listed.test. 1 2 3 4 5";

  @Test
  void apply_familyWithoutPool_isNodataWithAnSoaOfOurs() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. AAAA")
                .answer("a.four.test. 300 IN AAAA 2001:db8::1")
                .authority("four.test. 300 IN NS ns.four.test."));

    assertThat(answer(rewritten)).isEmpty();
    assertThat(rewritten.message().getRcode()).isEqualTo(Rcode.NOERROR);
    SOARecord soa = (SOARecord) rewritten.message().getSection(Section.AUTHORITY).get(0);
    assertThat(soa.getName()).hasToString("a.four.test.");
    assertThat(authority(rewritten))
        .singleElement()
        .asString()
        .startsWith("a.four.test. 60 IN SOA");
    assertThat(soa.getMinimum()).isLessThanOrEqualTo(FAKE_TTL);
    assertThat(soa.getAdmin()).hasToString("nobody.invalid.");
    assertThat(rewritten.ede()).isEqualTo(4);
  }

  @Test
  void apply_familyWithoutPool_isNotKnownForLongerThanTheAddressWas() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. AAAA")
                .answer(
                    "a.four.test. 300 IN AAAA 2001:db8::1", "a.four.test. 20 IN AAAA 2001:db8::2"));

    assertThat(authority(rewritten))
        .singleElement()
        .asString()
        .startsWith("a.four.test. 20 IN SOA");
  }

  @Test
  void apply_familyWithoutPoolBehindAnAlias_keepsTheAlias() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. AAAA")
                .answer(
                    "a.four.test. 300 IN CNAME b.example.", "b.example. 300 IN AAAA 2001:db8::1"));

    assertThat(answer(rewritten)).containsExactly("a.four.test. 60 IN CNAME b.example.");
    assertThat(authority(rewritten)).hasSize(1);
  }

  @Test
  void apply_otherFamilyBesideIt_isUnaffected() {
    Rewritten rewritten =
        rewrite(
            response("plain.test. MX")
                .answer("plain.test. 300 IN MX 10 a.four.test.")
                .additional(
                    "a.four.test. 300 IN AAAA 2001:db8::1", "a.four.test. 300 IN A 203.0.113.1"));

    assertThat(Rewriting.additional(rewritten))
        .containsExactly("a.four.test. 60 IN A 198.19.113.1");
    assertThat(authority(rewritten)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {Rcode.NXDOMAIN, Rcode.NOERROR})
  void apply_realNegativeAnswer_passesWithItsSoa(int rcode) {
    Rewritten rewritten =
        rewrite(response("a.listed.test. A").rcode(rcode).flag(Flags.AD).authority(SOA));

    assertThat(rewritten.message().getRcode()).isEqualTo(rcode);
    assertThat(authority(rewritten)).hasSize(1).first().asString().startsWith("listed.test. 900 ");
    assertThat(rewritten.ede()).isNull();
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isTrue();
  }

  @Test
  void apply_signedDenial_passesWithItsProof() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. AAAA")
                .authority(
                    SOA,
                    "a.listed.test. 900 IN NSEC b.listed.test. A RRSIG NSEC",
                    "a.listed.test. 900 IN RRSIG NSEC 8 3 900 20300101000000 20200101000000 1"
                        + " listed.test. AAAA"));

    assertThat(authority(rewritten)).hasSize(3);
    assertThat(rewritten.ede()).isNull();
  }

  @Test
  void apply_signedDenialByHashes_passesWithItsProof() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. AAAA")
                .flag(Flags.AD)
                .authority(
                    SOA,
                    "2vptu5timamqttgl4luu9kg21e0aor3s.listed.test. 900 IN NSEC3 1 0 1 ABCD"
                        + " 2vptu5timamqttgl4luu9kg21e0aor4s A RRSIG"));

    assertThat(authority(rewritten)).hasSize(2);
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "ANY"})
  void apply_extendedRcode_isKept(String type) {
    Rewritten rewritten = rewrite(response("a.listed.test. " + type).rcode(Rcode.BADCOOKIE));

    assertThat(rewritten.message().getRcode()).isEqualTo(Rcode.BADCOOKIE);
  }

  @Test
  void apply_anyForAListedName_isMinimal() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. ANY")
                .answer(
                    "a.listed.test. 300 IN A 203.0.113.1",
                    "a.listed.test. 300 IN TXT \"x\"",
                    "a.listed.test. 300 IN HTTPS 1 . ipv4hint=203.0.113.1")
                .additional("a.listed.test. 300 IN AAAA 2001:db8::1"));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN HINFO \"RFC8482\" \"\"");
    assertThat(Rewriting.additional(rewritten)).isEmpty();
  }

  @Test
  void apply_anyForANameThatDoesNotExist_keepsTheSoa() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. ANY")
                .rcode(Rcode.NXDOMAIN)
                .authority(SOA, "listed.test. 900 IN NS ns.listed.test.")
                .additional("ns.listed.test. 900 IN A 203.0.113.1"));

    assertThat(rewritten.message().getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(answer(rewritten)).isEmpty();
    assertThat(authority(rewritten)).hasSize(1);
  }

  @Test
  void apply_anyForAnAliasToAListedName_dropsOrRewritesAddresses() {
    Rewritten rewritten =
        rewrite(
            response("plain.test. ANY")
                .answer(
                    "plain.test. 300 IN CNAME a.four.test.",
                    "a.four.test. 300 IN AAAA 2001:db8::1",
                    "a.four.test. 300 IN TXT stays"));

    assertThat(answer(rewritten))
        .containsExactly("plain.test. 60 IN CNAME a.four.test.", "a.four.test. 300 IN TXT stays");
    assertThat(authority(rewritten)).isEmpty();
  }
}
