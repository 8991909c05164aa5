package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.FAKE_TTL;
import static io.dotp.dns.resolver.Rewriting.FIRST;
import static io.dotp.dns.resolver.Rewriting.IPV4_ONLY;
import static io.dotp.dns.resolver.Rewriting.additional;
import static io.dotp.dns.resolver.Rewriting.address;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.authority;
import static io.dotp.dns.resolver.Rewriting.plan;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.RewritePlan.Rewritten;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;

class ServiceHintsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTPS | 1 . alpn=h2,h3 ipv4hint=203.0.113.1 | 1 . alpn=h2,h3 ipv4hint=198.18.113.1",
        "HTTPS | 1 . ipv4hint=203.0.113.2,203.0.113.1 | 1 . ipv4hint=198.18.113.2,198.18.113.1",
        "HTTPS | 1 . port=8443 ipv6hint=2001:db8::1"
            + " | 1 . port=8443 ipv6hint=fd64:0:0:0:0:0:0:1",
        "HTTPS | 2 svc.example. ipv4hint=203.0.113.1 | 2 svc.example. ipv4hint=198.18.113.1",
        "HTTPS | 1 . mandatory=alpn,ipv4hint alpn=h2 ipv4hint=203.0.113.1"
            + " | 1 . mandatory=alpn,ipv4hint alpn=h2 ipv4hint=198.18.113.1",
        "HTTPS | 1 . mandatory=alpn,ipv4hint alpn=h2 ipv4hint=127.0.0.1"
            + " | 1 . mandatory=alpn alpn=h2",
        "HTTPS | 1 . mandatory=ipv4hint alpn=h2 ipv4hint=127.0.0.1 | 1 . alpn=h2",
        "HTTPS | 1 . ipv4hint=127.0.0.1,203.0.113.1 | 1 . ipv4hint=198.18.113.1",
        "SVCB  | 1 dns.example. alpn=h2 dohpath=/dns-query{?dns} | 1 dns.example. alpn=h2",
        "SVCB  | 1 . mandatory=dohpath alpn=h2 dohpath=/q{?dns} | 1 . alpn=h2",
        "HTTPS | 1 . alpn=h2 ipv4hint=203.0.113.1 ech=AEX+DQA= ipv6hint=2001:db8::1 key65000=abc"
            + " | 1 . alpn=h2 ipv4hint=198.18.113.1 ech=AEX+DQA= ipv6hint=fd64:0:0:0:0:0:0:1"
            + " key65000=abc"
      })
  void apply_hints_becomeFakesAndTheRestStays(String type, String data, String expected) {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. " + type)
                .flag(Flags.AD)
                .answer("a.listed.test. 300 IN " + type + " " + data));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN " + type + " " + expected);
    assertThat(rewritten.ede()).isEqualTo(4);
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 . alpn=h2,h3 ipv4hint=203.0.113.1                         | 1 . alpn=h2,h3",
        "1 . mandatory=alpn,ipv4hint alpn=h2 ipv4hint=203.0.113.1    | 1 . mandatory=alpn alpn=h2",
        "1 . mandatory=ipv4hint alpn=h2 ipv4hint=203.0.113.1         | 1 . alpn=h2",
        "1 . alpn=h2 ech=AEX+DQA= ipv6hint=2001:db8::1 key65000=abc  | 1 . alpn=h2 ech=AEX+DQA="
            + " key65000=abc"
      })
  void apply_stripHints_goAndTheRestStays(String data, String expected) {
    RewritePlan plan =
        plan(response("a.stripped.test. HTTPS").answer("a.stripped.test. 300 IN HTTPS " + data));

    Rewritten rewritten = (Rewritten) plan.apply(Rewriting::grant, FAKE_TTL);

    assertThat(plan.reals()).isEmpty();
    assertThat(answer(rewritten)).containsExactly("a.stripped.test. 60 IN HTTPS " + expected);
  }

  @Test
  void apply_nodata_leavesTheAliases() {
    Rewritten rewritten =
        rewrite(
            response("a.nodata.test. HTTPS")
                .answer(
                    "a.nodata.test. 300 IN CNAME b.example.",
                    "b.example. 300 IN HTTPS 1 . ipv4hint=203.0.113.1",
                    "b.example. 300 IN HTTPS 2 c.example."));

    assertThat(answer(rewritten)).containsExactly("a.nodata.test. 60 IN CNAME b.example.");
    assertThat(authority(rewritten)).singleElement().asString().contains(" 60 IN SOA ");
    assertThat(rewritten.ede()).isEqualTo(4);
  }

  @Test
  void apply_pass_changesNothing() {
    RewritePlan plan =
        plan(
            response("a.passed.test. HTTPS")
                .flag(Flags.AD)
                .answer("a.passed.test. 300 IN HTTPS 1 . ipv4hint=203.0.113.1"));

    Rewritten rewritten = (Rewritten) plan.apply(Rewriting::grant, FAKE_TTL);

    assertThat(answer(rewritten))
        .containsExactly("a.passed.test. 300 IN HTTPS 1 . ipv4hint=203.0.113.1");
    assertThat(rewritten.ede()).isNull();
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isTrue();
  }

  @Test
  void apply_addressesBesidePassedRecords_areStillSteered() {
    Rewritten rewritten =
        rewrite(
            response("a.passed.test. HTTPS")
                .answer("a.passed.test. 300 IN HTTPS 1 . alpn=h2")
                .additional("a.passed.test. 300 IN A 203.0.113.1"));

    assertThat(additional(rewritten)).containsExactly("a.passed.test. 60 IN A 198.19.113.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unlisted owner            | plain.test.      | a.listed.test. | 198.18.113.1",
        "the target's own listing  | a.listed.test.   | a.four.test.   | 198.19.113.1",
        "the owner's, inherited    | a.four.test.     | svc.example.   | 198.19.113.1",
        "of a route that passes    | a.passed.test.   | a.listed.test. | 198.18.113.1",
        "of a route that strips    | a.stripped.test. | a.listed.test. | 198.18.113.1"
      })
  void apply_hints_areTheTargets(String about, String owner, String target, String fake) {
    Rewritten rewritten =
        rewrite(
            response(owner + " HTTPS")
                .answer(owner + " 300 IN HTTPS 1 " + target + " ipv4hint=203.0.113.1"));

    assertThat(answer(rewritten))
        .as(about)
        .containsExactly(owner + " 60 IN HTTPS 1 " + target + " ipv4hint=" + fake);
  }

  @Test
  void reals_hintsAndAddresses_areEachNamedOnce() {
    RewritePlan plan =
        plan(
            response("a.listed.test. HTTPS")
                .answer(
                    "a.listed.test. 300 IN HTTPS 1 . ipv4hint=203.0.113.1 ipv6hint=2001:db8::1",
                    "a.listed.test. 300 IN HTTPS 2 a.four.test. ipv4hint=203.0.113.1")
                .additional("a.listed.test. 300 IN A 203.0.113.1"));

    assertThat(plan.reals())
        .containsExactly(
            new RealAddress(FIRST, address("203.0.113.1")),
            new RealAddress(FIRST, address("2001:db8::1")),
            new RealAddress(IPV4_ONLY, address("203.0.113.1")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "203.0.113.254", "10.0.0.1", "198.18.0.1"})
  void apply_specialAddress_isNeverMappedAndCounted(String special) {
    RewritePlan plan =
        plan(
            response("a.listed.test. HTTPS")
                .answer("a.listed.test. 300 IN HTTPS 1 . alpn=h2 ipv4hint=" + special));

    Rewritten rewritten = (Rewritten) plan.apply(Rewriting::grant, FAKE_TTL);

    assertThat(plan.reals()).isEmpty();
    assertThat(plan.blocked()).isOne();
    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN HTTPS 1 . alpn=h2");
  }

  @Test
  void apply_familyWithoutPool_isLeftOutAndTheOtherStays() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. HTTPS")
                .answer("a.four.test. 300 IN HTTPS 1 . ipv4hint=203.0.113.1 ipv6hint=2001:db8::1"));

    assertThat(answer(rewritten))
        .containsExactly("a.four.test. 60 IN HTTPS 1 . ipv4hint=198.19.113.1");
  }

  @Test
  void apply_refusedHints_areLeftOutWithoutFailing() {
    RewritePlan plan =
        plan(
            response("a.listed.test. HTTPS")
                .answer(
                    "a.listed.test. 300 IN HTTPS 1 . mandatory=ipv4hint,ipv6hint"
                        + " ipv4hint=203.0.113.1,203.0.113.2 ipv6hint=2001:db8::1"));

    Rewritten rewritten =
        (Rewritten)
            plan.apply(
                real -> real.real().equals(address("203.0.113.2")) ? Rewriting.grant(real) : null,
                FAKE_TTL);

    assertThat(answer(rewritten))
        .containsExactly("a.listed.test. 60 IN HTTPS 1 . mandatory=ipv4hint ipv4hint=198.18.113.2");
  }

  @Test
  void apply_aliasMode_isNotKeptForLongerThanTheFake() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. HTTPS")
                .answer("a.listed.test. 300 IN HTTPS 0 b.example.")
                .additional("b.example. 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN HTTPS 0 b.example.");
    assertThat(additional(rewritten)).containsExactly("b.example. 60 IN A 198.18.113.1");
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
