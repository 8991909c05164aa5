package io.dotp.dns.resolver.rfc;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.additional;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.resolver.RewritePlan.Rewritten;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6672, DNAME Redirection in the DNS. */
class Rfc6672Test {
  /** Section 3.1: the CNAME made of a DNAME has its TTL, or 0 where an old server made it. */
  @ParameterizedTest
  @ValueSource(longs = {0, 300})
  void section31_madeAlias_isNotKeptForLongerThanTheFake(long ttl) {
    Rewritten rewritten =
        rewrite(
            response("x.listed.test. A")
                .answer(
                    "listed.test. 300 IN DNAME moved.example.",
                    "x.listed.test. " + ttl + " IN CNAME x.moved.example.",
                    "x.moved.example. 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten))
        .containsExactly(
            "listed.test. 60 IN DNAME moved.example.",
            "x.listed.test. " + Math.min(60, ttl) + " IN CNAME x.moved.example.",
            "x.moved.example. 60 IN A 198.18.113.1");
  }

  /** Section 2.3: "the owner name of a DNAME is not redirected itself". */
  @Test
  void section23_ownerItself_hasAddressesOfItsOwn() {
    Rewritten rewritten =
        rewrite(
            response("x.plain.test. A")
                .answer(
                    "plain.test. 300 IN DNAME four.test.",
                    "x.plain.test. 300 IN CNAME x.four.test.",
                    "x.four.test. 300 IN A 203.0.113.1")
                .additional("plain.test. 300 IN A 203.0.113.2"));

    assertThat(answer(rewritten)).contains("x.four.test. 60 IN A 198.19.113.1");
    assertThat(additional(rewritten)).containsExactly("plain.test. 300 IN A 203.0.113.2");
  }
}
