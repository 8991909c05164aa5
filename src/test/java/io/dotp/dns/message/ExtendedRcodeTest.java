package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * An upstream's RCODE of more than four bits in an answer that is rewritten: its upper bits stand
 * in the OPT record (RFC 6891 section 6.1.3), which is ours by then, or in none.
 */
class ExtendedRcodeTest {
  private static final int BADCOOKIE = 23;
  private static final TestMessage RESPONSE =
      TestMessage.response("a.test. A").answer("a.test. 60 IN A 198.18.0.1").rcode(BADCOOKIE);

  /** The way of a rewrite for whoever asked first. */
  private static Message rewritten(TestMessage query) throws IOException {
    Message decoded = TestMessage.decode(RESPONSE.bytes()).orElseThrow();
    return new Message(
        TestMessage.take(
            MessageEncoder.encode(
                decoded, query.client(), null, 1232, UnpooledByteBufAllocator.DEFAULT)));
  }

  /** The way of a rewrite that is kept for others. */
  private static Message kept(TestMessage query) throws IOException {
    Message decoded = TestMessage.decode(RESPONSE.bytes()).orElseThrow();
    Record leased = decoded.getSection(Section.ANSWER).get(0);
    StoredResponse stored = MessageEncoder.store(decoded, Set.of(leased));
    return new Message(
        TestMessage.take(
            Replies.ofStored(
                stored,
                query.client(),
                Ttls.aged(0),
                null,
                1232,
                UnpooledByteBufAllocator.DEFAULT)));
  }

  @Test
  void rewrittenAnswer_clientWithEdns_getsAllBits() throws IOException {
    TestMessage query = TestMessage.query("a.test. A").opt(1232, 0, 0);

    assertThat(rewritten(query).getRcode()).isEqualTo(BADCOOKIE);
    assertThat(kept(query).getRcode()).isEqualTo(BADCOOKIE);
    assertThat(rewritten(query).getHeader().getFlag(Flags.QR)).isTrue();
  }

  @Test
  void rewrittenAnswer_clientWithoutEdns_getsServfail() throws IOException {
    TestMessage query = TestMessage.query("a.test. A");

    assertThat(rewritten(query).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(kept(query).getRcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(kept(query).getOPT()).isNull();
  }
}
