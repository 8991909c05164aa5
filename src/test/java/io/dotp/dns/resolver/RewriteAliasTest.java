package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.apply;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.TestMessage;
import io.dotp.dns.resolver.RewritePlan.Cause;
import io.dotp.dns.resolver.RewritePlan.Failed;
import io.dotp.dns.resolver.RewritePlan.Outcome;
import io.dotp.dns.resolver.RewritePlan.Rewritten;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewriteAliasTest {
  @ParameterizedTest
  @CsvSource({"64, true", "65, false"})
  void apply_moreTargetsThanAreRemembered_isNoAnswer(int targets, boolean expected) {
    TestMessage response = response("a.listed.test. HTTPS");
    for (int i = 0; i < targets; i++) {
      response.answer("a.listed.test. 300 IN HTTPS " + (i + 1) + " t" + i + ".edge.example.");
    }

    assertThat(apply(response) instanceof Rewritten).isEqualTo(expected);
  }

  @Test
  void apply_listedToUnlisted_rewritesTheTargetToo() {
    Rewritten rewritten =
        rewrite(
            response("www.listed.test. A")
                .answer(
                    "www.listed.test. 300 IN CNAME edge.cdn.example.",
                    "edge.cdn.example. 20 IN A 203.0.113.1"));

    assertThat(answer(rewritten))
        .containsExactly(
            "www.listed.test. 60 IN CNAME edge.cdn.example.",
            "edge.cdn.example. 20 IN A 198.18.113.1");
  }

  @Test
  void apply_unlistedToListed_rewritesTheListedOne() {
    Rewritten rewritten =
        rewrite(
            response("www.plain.test. A")
                .answer(
                    "www.plain.test. 300 IN CNAME www.listed.test.",
                    "www.listed.test. 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten))
        .containsExactly(
            "www.plain.test. 60 IN CNAME www.listed.test.",
            "www.listed.test. 60 IN A 198.18.113.1");
  }

  @Test
  void apply_targetWithAListingOfItsOwn_keepsItsRoute() {
    Rewritten rewritten =
        rewrite(
            response("www.listed.test. A")
                .answer(
                    "www.listed.test. 300 IN CNAME www.four.test.",
                    "www.four.test. 300 IN CNAME edge.example.",
                    "edge.example. 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten)).contains("edge.example. 60 IN A 198.19.113.1");
  }

  @Test
  void apply_aliasesInAnyOrder_giveTheSame() {
    List<String> records =
        List.of(
            "a.plain.test. 300 IN CNAME b.plain.test.",
            "b.plain.test. 300 IN CNAME c.listed.test.",
            "c.listed.test. 300 IN CNAME d.example.",
            "d.example. 300 IN CNAME e.example.",
            "e.example. 300 IN A 203.0.113.1",
            "e.example. 300 IN A 203.0.113.2");
    for (int seed = 0; seed < 50; seed++) {
      List<String> shuffled = new ArrayList<>(records);
      Collections.shuffle(shuffled, new Random(seed));
      TestMessage response = response("a.plain.test. A");
      shuffled.forEach(response::answer);

      Rewritten rewritten = rewrite(response);

      assertThat(answer(rewritten))
          .contains("e.example. 60 IN A 198.18.113.1", "e.example. 60 IN A 198.18.113.2")
          .allMatch(each -> each.contains(" 60 IN "));
    }
  }

  @Test
  void apply_dnameOfAListedOwner_steersWhatItLeadsTo() {
    Rewritten rewritten =
        rewrite(
            response("x.listed.test. A")
                .answer(
                    "listed.test. 300 IN DNAME moved.example.",
                    "x.listed.test. 300 IN CNAME x.moved.example.",
                    "x.moved.example. 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten))
        .containsExactly(
            "listed.test. 60 IN DNAME moved.example.",
            "x.listed.test. 60 IN CNAME x.moved.example.",
            "x.moved.example. 60 IN A 198.18.113.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listed owner    | x.listed.test.   | listed.test.  | moved.example. | x.moved.example.",
        "listed below    | y.also.example.  | example.      | moved.test.    | y.also.moved.test.",
        "listed target   | x.plain.test.    | plain.test.   | listed.test.   | x.listed.test."
      })
  void apply_dnameWithoutItsCname_leaksNothing(
      String about, String question, String owner, String target, String moved) {
    Rewritten rewritten =
        rewrite(
            response(question + " A")
                .answer(owner + " 300 IN DNAME " + target, moved + " 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten)).as(about).contains(moved + " 60 IN A 198.18.113.1");
  }

  @Test
  void apply_twoDnamesWithoutCnames_leakNothing() {
    Rewritten rewritten =
        rewrite(
            response("x.listed.test. A")
                .answer(
                    "two.example. 300 IN DNAME three.example.",
                    "x.three.example. 300 IN A 203.0.113.1",
                    "listed.test. 300 IN DNAME two.example."));

    assertThat(answer(rewritten)).contains("x.three.example. 60 IN A 198.18.113.1");
  }

  @Test
  void apply_httpsTarget_isAnAlias() {
    Rewritten rewritten =
        rewrite(
            response("www.listed.test. HTTPS")
                .answer("www.listed.test. 300 IN HTTPS 1 svc.example. alpn=h2")
                .additional("svc.example. 300 IN A 203.0.113.1"));

    assertThat(Rewriting.additional(rewritten))
        .containsExactly("svc.example. 60 IN A 198.18.113.1");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 15, 16})
  void apply_chainWithinTheLimit_isRewritten(int aliases) {
    Rewritten rewritten = rewrite(chain(aliases));

    assertThat(answer(rewritten)).contains("n" + aliases + ".example. 60 IN A 198.18.113.1");
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 40, 1000})
  void apply_longerChain_fails(int aliases) {
    Outcome outcome = apply(chain(aliases));

    assertThat(outcome).isEqualTo(new Failed(Cause.ALIAS_CHAIN));
  }

  @Test
  void apply_longChainOutsideTheAnswer_fails() {
    TestMessage response =
        response("a.listed.test. A").answer("a.listed.test. 300 IN A 203.0.113.9");
    response.additional("b.listed.test. 300 IN CNAME n0.example.");
    for (int i = 0; i < 40; i++) {
      response.additional("n" + i + ".example. 300 IN CNAME n" + (i + 1) + ".example.");
    }
    response.additional("n40.example. 300 IN A 203.0.113.1");

    assertThat(apply(response)).isEqualTo(new Failed(Cause.ALIAS_CHAIN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.listed.test. 300 IN CNAME a.listed.test.",
        "a.listed.test. 300 IN CNAME b.example.;b.example. 300 IN CNAME a.listed.test.",
        "listed.test. 300 IN DNAME x.listed.test."
      })
  void apply_loop_fails(String records) {
    TestMessage response = response("a.listed.test. A").answer(records.split(";"));

    assertThat(apply(response)).isEqualTo(new Failed(Cause.ALIAS_CHAIN));
  }

  @Test
  void apply_targetsBesideTheChain_areNotSteered() {
    Rewritten rewritten =
        rewrite(
            response("www.listed.test. MX")
                .answer("www.listed.test. 300 IN MX 10 mail.example.")
                .additional("mail.example. 300 IN A 203.0.113.1"));

    assertThat(Rewriting.additional(rewritten))
        .containsExactly("mail.example. 300 IN A 203.0.113.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "remembered            | edge.example. IN A 203.0.113.1 | 198.19.113.1",
        "behind a remembered   | edge.example. IN CNAME b.test.;b.test. IN A 203.0.113.1"
            + " | 198.19.113.1",
        "inherited beats it    | a.listed.test. IN CNAME edge.example.;"
            + "edge.example. IN A 203.0.113.1 | 198.18.113.1",
        "own listing beats it  | edge.example. IN CNAME a.listed.test.;"
            + "a.listed.test. IN A 203.0.113.1 | 198.18.113.1"
      })
  void apply_rememberedTarget_isSteeredUnlessMoreIsKnown(
      String about, String records, String fake) {
    RewriteRules rules =
        Rewriting.remembering(
            name ->
                name.toDomainName().toString().equals("edge.example") ? Rewriting.IPV4_ONLY : null);
    String question = records.substring(0, records.indexOf(' '));
    TestMessage response = response(question + " A");
    for (String each : records.split(";")) {
      response.answer(each.replace(" IN ", " 300 IN "));
    }

    Outcome outcome =
        RewritePlan.of(response.message(), rules).apply(Rewriting::grant, Rewriting.FAKE_TTL);

    assertThat(answer((Rewritten) outcome)).as(about).anyMatch(each -> each.endsWith(" A " + fake));
  }

  @Test
  void apply_loopOfRememberedNames_fails() {
    RewriteRules rules = Rewriting.remembering(name -> Rewriting.FIRST);
    TestMessage response =
        response("a.example. A")
            .answer("a.example. 300 IN CNAME b.example.", "b.example. 300 IN CNAME a.example.");

    Outcome outcome =
        RewritePlan.of(response.message(), rules).apply(Rewriting::grant, Rewriting.FAKE_TTL);

    assertThat(outcome).isEqualTo(new Failed(Cause.ALIAS_CHAIN));
  }

  private static TestMessage chain(int aliases) {
    String question = aliases == 0 ? "n0.example." : "a.listed.test.";
    TestMessage response = response("a.listed.test. A");
    String owner = "a.listed.test.";
    for (int i = 1; i <= aliases; i++) {
      String target = "n" + i + ".example.";
      response.answer(owner + " 300 IN CNAME " + target);
      owner = target;
    }
    if (aliases == 0) {
      response = response(question + " A").additional("a.listed.test. 300 IN CNAME n0.example.");
    }
    return response.answer("n" + aliases + ".example. 300 IN A 203.0.113.1");
  }
}
