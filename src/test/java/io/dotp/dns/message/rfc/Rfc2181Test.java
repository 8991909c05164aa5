package io.dotp.dns.message.rfc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.ClientQuestion;
import io.dotp.dns.message.QueryView;
import io.dotp.dns.message.Replies;
import io.dotp.dns.message.ResponseFacts;
import io.dotp.dns.message.ResponseWalk;
import io.dotp.dns.message.TestMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** RFC 2181, Clarifications to the DNS Specification. */
class Rfc2181Test {
  /** Section 9: "an RRSet is required ... but could not be included in its entirety": TC. */
  @Test
  void section9_rrsetThatDoesNotFit_isLeftOutWhole() throws Exception {
    TestMessage upstream = TestMessage.response("a.test. A");
    for (int i = 0; i < 100; i++) {
      upstream.answer("a.test. 60 IN A 203.0.113." + i);
    }
    ByteBuf response = upstream.buffer();
    ResponseFacts facts = Objects.requireNonNull(new ResponseWalk().walk(response, name -> false));
    ClientQuestion client = TestMessage.query("a.test. A").client();

    ByteBuf reply = Replies.forward(response, facts, client, 512, UnpooledByteBufAllocator.DEFAULT);

    Message sent = new Message(TestMessage.take(reply));
    assertThat(sent.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(sent.getSection(Section.ANSWER)).isEmpty();
  }

  /** Section 11: "any binary string whatever can be used as the label of any resource record". */
  @Test
  void section11_anyByteInALabel_isAName() {
    byte[] query = new byte[12 + 1 + 1 + 1 + 4];
    query[5] = 1;
    query[12] = 1;
    query[16] = 1;
    query[18] = 1;
    for (int octet = 0; octet < 256; octet++) {
      query[13] = (byte) octet;
      QueryView view = new QueryView();

      QueryView.Verdict verdict = view.read(Unpooled.wrappedBuffer(query));

      assertThat(verdict).isEqualTo(QueryView.Verdict.QUERY);
      boolean upper = octet >= 'A' && octet <= 'Z';
      assertThat(view.name().bytes()[1]).isEqualTo((byte) (upper ? octet + 32 : octet));
    }
  }

  /** Section 5: the answer may hold the question's RRset only, and what aliases make of it. */
  @Test
  void section5_recordsOfAnotherName_areNoAnswer() {
    ByteBuf response =
        TestMessage.response("a.test. A").answer("b.test. 60 IN A 203.0.113.1").buffer();

    ResponseFacts facts = new ResponseWalk().walk(response, name -> false);

    assertThat(facts).isNull();
  }
}
