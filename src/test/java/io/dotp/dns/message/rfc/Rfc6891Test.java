package io.dotp.dns.message.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.ClientQuestion;
import io.dotp.dns.message.Fixture;
import io.dotp.dns.message.QueryView;
import io.dotp.dns.message.Replies;
import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.ResponseWalk;
import io.dotp.dns.message.TestMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

/** RFC 6891, Extension Mechanisms for DNS. */
class Rfc6891Test {
  private final QueryView view = new QueryView();

  /** Section 6.1.1: "If a query message with more than one OPT RR is received, a FORMERR". */
  @Test
  void section611_moreThanOneOpt_isFormerr() {
    QueryView.Verdict verdict = view.read(Fixture.named("query-twoopt").buffer());

    assertThat(verdict).isEqualTo(QueryView.Verdict.FORMERR);
  }

  /** Section 6.1.1: "an OPT RR MAY be placed anywhere within the additional data section". */
  @Test
  void section611_optInFrontOfOthers_isRead() {
    TestMessage query =
        TestMessage.query("a.test. A").opt(4096, 0, 0).additional("b.test. 0 IN A 203.0.113.1");

    QueryView.Verdict verdict = view.read(query.buffer());

    assertThat(verdict).isEqualTo(QueryView.Verdict.QUERY);
    assertThat(view.udpSize()).isEqualTo(4096);
  }

  /** Section 6.1.2: the NAME "MUST be 0 (root domain)". */
  @Test
  void section612_optOfAnotherOwner_isFormerr() {
    QueryView.Verdict verdict = view.read(Fixture.named("query-optowner").buffer());

    assertThat(verdict).isEqualTo(QueryView.Verdict.FORMERR);
  }

  /** Section 6.1.2: "Any OPTION-CODE values not understood by a responder ... MUST be ignored". */
  @Test
  void section612_unknownOptions_areIgnored() {
    QueryView.Verdict verdict = view.read(Fixture.named("query-options64").buffer());

    assertThat(verdict).isEqualTo(QueryView.Verdict.QUERY);
  }

  /** Section 6.1.3: "If a responder does not implement the VERSION level ... BADVERS". */
  @Test
  void section613_unknownVersion_isBadversInOurVersion() throws IOException {
    ByteBuf query = Fixture.named("query-badvers").buffer();

    QueryView.Verdict verdict = view.read(query);
    Message reply = error(view.clientQuestion(query), DnsResponseCode.BADVERS_OR_BADSIG);

    assertThat(verdict).isEqualTo(QueryView.Verdict.BADVERS);
    assertThat(reply.getRcode()).isEqualTo(16);
    assertThat(opt(reply).getVersion()).isZero();
  }

  /** Section 6.2.3: "Values lower than 512 MUST be treated as equal to 512". */
  @Test
  void section623_smallPayloadSize_is512() {
    view.read(TestMessage.query("a.test. A").opt(100, 0, 0).buffer());

    assertThat(view.udpSize()).isEqualTo(512);
  }

  /** Section 6.2.6 with RFC 3225 section 3: "The DO bit of the query MUST be copied". */
  @Test
  void section626_doBit_isCopied() throws IOException {
    ClientQuestion asks = TestMessage.query("a.test. A").opt(512, 0, ExtendedFlags.DO).client();
    ClientQuestion doesNot = TestMessage.query("a.test. A").opt(512, 0, 0).client();

    assertThat(opt(error(asks, DnsResponseCode.SERVFAIL)).getFlags()).isEqualTo(0x8000);
    assertThat(opt(error(doesNot, DnsResponseCode.SERVFAIL)).getFlags()).isZero();
  }

  /** Section 7: "Lack of presence of an OPT record in a request MUST be taken as an indication". */
  @Test
  void section7_requestWithoutOpt_getsNone() throws IOException {
    ClientQuestion client = TestMessage.query("a.test. A").client();

    assertThat(error(client, DnsResponseCode.SERVFAIL).getOPT()).isNull();
  }

  /** Section 7: "include an OPT record in their respective responses" when the request had one. */
  @Test
  void section7_requestWithOpt_getsOneEvenIfTheUpstreamHasNone() throws IOException {
    ByteBuf response = Fixture.named("response-good").buffer();
    ResponseFacts facts = Objects.requireNonNull(new ResponseWalk().walk(response, name -> false));
    ClientQuestion client = TestMessage.query("www.fixture.test. A").opt(1232, 0, 0).client();

    ByteBuf reply = Replies.forward(response, facts, client, 512, UnpooledByteBufAllocator.DEFAULT);

    assertThat(opt(new Message(TestMessage.take(reply))).getPayloadSize()).isEqualTo(1232);
  }

  /** Section 6.2.6 and 6.1.1: OPT is hop by hop, "MUST NOT be cached, forwarded". */
  @Test
  void section621_optionsOfTheUpstream_areNotForwarded() throws IOException {
    TestMessage upstream = TestMessage.response("a.test. A");
    upstream.add(
        new OPTRecord(4096, 0, 0, 0, List.of(new CookieOption(new byte[8]))), Section.ADDITIONAL);
    ByteBuf response = upstream.buffer();
    ResponseFacts facts = Objects.requireNonNull(new ResponseWalk().walk(response, name -> false));
    ClientQuestion client = TestMessage.query("a.test. A").opt(1232, 0, 0).client();

    ByteBuf reply = Replies.forward(response, facts, client, 512, UnpooledByteBufAllocator.DEFAULT);

    assertThat(opt(new Message(TestMessage.take(reply))).getOptions()).isEmpty();
  }

  private static Message error(ClientQuestion client, DnsResponseCode rcode) throws IOException {
    ByteBuf reply = Replies.error(client, rcode, UnpooledByteBufAllocator.DEFAULT);
    return new Message(TestMessage.take(reply));
  }

  private static OPTRecord opt(Message reply) {
    return Objects.requireNonNull(reply.getOPT());
  }
}
