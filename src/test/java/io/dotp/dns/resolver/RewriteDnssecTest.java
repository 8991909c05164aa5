package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.authority;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.RewritePlan.Rewritten;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;

class RewriteDnssecTest {
  private static String rrsig(String owner, String type) {
    return owner
        + " 300 IN RRSIG "
        + type
        + " 8 3 300 20300101000000 20200101000000 1 listed.test. AAAA";
  }

  @Test
  void apply_signaturesOfChangedSets_goAndOthersStay() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. A")
                .flag(Flags.AD)
                .answer(
                    rrsig("a.listed.test.", "CNAME"),
                    rrsig("b.example.", "A"),
                    "a.listed.test. 300 IN CNAME b.example.",
                    "b.example. 300 IN A 203.0.113.1")
                .authority(
                    "b.example. 300 IN NSEC c.example. A RRSIG NSEC",
                    rrsig("b.example.", "NSEC"),
                    "other.example. 300 IN NSEC p.example. A RRSIG NSEC",
                    rrsig("other.example.", "NSEC")));

    assertThat(answer(rewritten)).hasSize(3).anyMatch(each -> each.contains("RRSIG CNAME"));
    assertThat(authority(rewritten)).hasSize(2).allMatch(each -> each.startsWith("other."));
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isFalse();
    assertThat(rewritten.ede()).isEqualTo(4);
  }

  @Test
  void apply_wildcardProofBesideAChangedAnswer_goes() {
    String hashed = "2vptu5timamqttgl4luu9kg21e0aor3s.listed.test.";
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. A")
                .answer("a.listed.test. 300 IN A 203.0.113.1", rrsig("a.listed.test.", "A"))
                .authority(
                    hashed + " 300 IN NSEC3 1 0 1 ABCD 2vptu5timamqttgl4luu9kg21e0aor4s A RRSIG",
                    rrsig(hashed, "NSEC3"),
                    "listed.test. 300 IN NS ns.listed.test."));

    assertThat(answer(rewritten)).hasSize(1);
    assertThat(authority(rewritten)).containsExactly("listed.test. 300 IN NS ns.listed.test.");
  }

  @Test
  void apply_nodataMadeHere_claimsNoProof() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. AAAA")
                .flag(Flags.AD)
                .answer("a.four.test. 300 IN AAAA 2001:db8::1", rrsig("a.four.test.", "AAAA"))
                .authority("four.test. 300 IN NS ns.four.test.", rrsig("four.test.", "NS")));

    assertThat(answer(rewritten)).isEmpty();
    assertThat(authority(rewritten)).singleElement().asString().contains(" SOA ");
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isFalse();
    assertThat(rewritten.ede()).isEqualTo(4);
  }

  @Test
  void apply_otherTypesOfAListedName_keepSignaturesAndAd() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. TXT")
                .flag(Flags.AD)
                .flag(Flags.CD)
                .answer("a.listed.test. 300 IN TXT \"x\"", rrsig("a.listed.test.", "TXT")));

    assertThat(answer(rewritten)).hasSize(2);
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isTrue();
    assertThat(rewritten.message().getHeader().getFlag(Flags.CD)).isTrue();
    assertThat(rewritten.ede()).isNull();
  }

  @Test
  void apply_truncatedResponse_staysTruncated() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. A")
                .flag(Flags.TC)
                .answer("a.listed.test. 300 IN A 203.0.113.1"));

    assertThat(rewritten.message().getHeader().getFlag(Flags.TC)).isTrue();
  }
}
