package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.RewritePlan.Rewritten;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;

class ServiceHintsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTPS | 1 . alpn=h2,h3 ipv4hint=203.0.113.1 | 1 . alpn=h2,h3",
        "HTTPS | 1 . port=8443 ipv6hint=2001:db8::1  | 1 . port=8443",
        "HTTPS | 2 svc.example. ipv4hint=203.0.113.1 | 2 svc.example.",
        "HTTPS | 1 . mandatory=alpn,ipv4hint alpn=h2 ipv4hint=203.0.113.1"
            + " | 1 . mandatory=alpn alpn=h2",
        "HTTPS | 1 . mandatory=ipv4hint alpn=h2 ipv4hint=203.0.113.1 | 1 . alpn=h2",
        "SVCB  | 1 dns.example. alpn=h2 dohpath=/dns-query{?dns} | 1 dns.example. alpn=h2",
        "HTTPS | 1 . alpn=h2 ech=AEX+DQA= ipv4hint=203.0.113.1 | 1 . alpn=h2 ech=AEX+DQA=",
        "HTTPS | 1 . ipv4hint=203.0.113.1 key65000=abc | 1 . key65000=abc"
      })
  void apply_hints_goAndTheRestStays(String type, String data, String expected) {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. " + type)
                .flag(Flags.AD)
                .answer("a.listed.test. 300 IN " + type + " " + data));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN " + type + " " + expected);
    assertThat(rewritten.ede()).isEqualTo(4);
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isFalse();
  }

  @Test
  void apply_unlistedOwnerWithAListedTarget_losesItsHints() {
    Rewritten rewritten =
        rewrite(
            response("plain.test. HTTPS")
                .answer("plain.test. 300 IN HTTPS 1 a.listed.test. ipv4hint=203.0.113.1"));

    assertThat(answer(rewritten)).containsExactly("plain.test. 60 IN HTTPS 1 a.listed.test.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.listed.test. | 1 . alpn=h2",
        "a.listed.test. | 0 b.example.",
        "plain.test.    | 1 . ipv4hint=203.0.113.1"
      })
  void apply_nothingToHide_staysAsItIs(String owner, String data) {
    Rewritten rewritten =
        rewrite(response(owner + " HTTPS").answer(owner + " 300 IN HTTPS " + data));

    assertThat(answer(rewritten)).containsExactly(owner + " 300 IN HTTPS " + data);
    assertThat(rewritten.ede()).isNull();
  }

  @Test
  void apply_signedRecordWithHints_losesItsSignature() {
    Rewritten rewritten =
        rewrite(
            response("plain.test. HTTPS")
                .answer(
                    "plain.test. 300 IN HTTPS 1 a.listed.test. ipv4hint=203.0.113.1",
                    "plain.test. 300 IN RRSIG HTTPS 8 2 300 20300101000000 20200101000000 1 test."
                        + " AAAA"));

    assertThat(answer(rewritten)).hasSize(1);
  }
}
