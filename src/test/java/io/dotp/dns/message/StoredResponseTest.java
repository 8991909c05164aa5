package io.dotp.dns.message;

import static io.dotp.dns.message.TestMessage.response;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

class StoredResponseTest {
  private static final String SOA = "test. 600 IN SOA ns.test. host.test. 1 2 3 4 ";

  @ParameterizedTest
  @CsvSource({"300, 200, 200", "200, 300, 200", "0, 300, 0", "2147483647, 2147483647, 86400"})
  void lifetime_positive_isTheShortestTtlUpToADay(long first, long other, int expected) {
    StoredResponse stored =
        store(
            response("a.test. A")
                .answer("a.test. " + first + " IN A 203.0.113.1")
                .additional("ns.test. " + other + " IN A 203.0.113.2"));

    assertThat(stored.lifetimeSeconds()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"3, 120, 120", "0, 120, 120", "0, 4000, 600", "3, 99999999, 600"})
  void lifetime_negative_isWhatTheSoaSays(int rcode, long minimum, int expected) {
    StoredResponse stored = store(response("a.test. A").rcode(rcode).authority(SOA + minimum));

    assertThat(stored.lifetimeSeconds()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 9})
  void lifetime_failure_isNone(int rcode) {
    StoredResponse stored =
        store(
            response("a.test. A")
                .rcode(rcode)
                .answer("a.test. 300 IN A 203.0.113.1")
                .authority(SOA + 300));

    assertThat(stored.lifetimeSeconds()).isZero();
  }

  @Test
  void lifetime_aliasThatLeadsToNothing_isThatOfANegativeResponse() {
    StoredResponse with =
        store(response("a.test. A").answer("a.test. 300 IN CNAME b.test.").authority(SOA + 7));
    StoredResponse without = store(response("a.test. A").answer("a.test. 300 IN CNAME b.test."));
    StoredResponse asked = store(response("a.test. CNAME").answer("a.test. 300 IN CNAME b.test."));

    assertThat(with.lifetimeSeconds()).isEqualTo(7);
    assertThat(without.lifetimeSeconds()).isZero();
    assertThat(asked.lifetimeSeconds()).isEqualTo(300);
  }

  @Test
  void reply_later_hasAgedTtlsInEverySectionAndTheClientsOwn() throws IOException {
    StoredResponse stored =
        store(
            response("a.test. A")
                .answer("a.test. 300 IN A 203.0.113.1")
                .authority("test. 400 IN NS ns.test.")
                .additional("ns.test. 50 IN A 203.0.113.2"));

    Message reply = reply(stored, TestMessage.query("A.tEst. A"), Ttls.aged(60), null, 512);

    assertThat(reply.getQuestion().getName()).hasToString("A.tEst.");
    assertThat(lines(reply, Section.ANSWER)).containsExactly("A.tEst. 240 IN A 203.0.113.1");
    assertThat(lines(reply, Section.AUTHORITY)).containsExactly("tEst. 340 IN NS ns.tEst.");
    assertThat(lines(reply, Section.ADDITIONAL)).containsExactly("ns.tEst. 0 IN A 203.0.113.2");
  }

  @Test
  void reply_optOfTheUpstream_isReplacedByOursWithTheEde() throws IOException {
    StoredResponse stored =
        store(response("a.test. A").answer("a.test. 300 IN A 203.0.113.1").opt(4096, 0, 0));

    Message reply =
        reply(stored, TestMessage.query("a.test. A").opt(1232, 0, 0), Ttls.STALE, 3, 512);

    assertThat(lines(reply, Section.ANSWER)).containsExactly("a.test. 30 IN A 203.0.113.1");
    assertThat(Objects.requireNonNull(reply.getOPT()).getPayloadSize()).isEqualTo(1232);
    assertThat(reply.getOPT().getOptions(15)).hasSize(1);
  }

  @Test
  void reply_tooLarge_isCutAndPatchedUpToTheCut() throws IOException {
    TestMessage big = response("a.test. TXT");
    for (int i = 0; i < 4; i++) {
      big.answer("a.test. 300 IN TXT " + "x".repeat(200) + i);
    }
    StoredResponse stored = store(big);

    Message reply = reply(stored, TestMessage.query("a.test. TXT"), Ttls.aged(1), null, 512);
    Message whole = reply(stored, TestMessage.query("a.test. TXT"), Ttls.aged(1), null, 65_535);

    assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(whole.getSection(Section.ANSWER)).hasSize(4).allMatch(each -> each.getTTL() == 299);
  }

  @Test
  void of_optBeforeOthers_isNotKept() {
    StoredResponse stored =
        store(
            response("a.test. A")
                .answer("a.test. 300 IN A 203.0.113.1")
                .opt(4096, 0, 0)
                .additional("b.test. 300 IN A 203.0.113.2"));

    assertThat(stored.lifetimeSeconds()).isZero();
  }

  private static StoredResponse store(TestMessage message) {
    ByteBuf bytes = message.buffer();
    ResponseFacts facts = Objects.requireNonNull(new ResponseWalk().walk(bytes, name -> false));
    StoredResponse stored = StoredResponse.of(bytes, facts);
    bytes.release();
    return stored;
  }

  private static Message reply(
      StoredResponse stored, TestMessage query, Ttls ttls, @Nullable Integer ede, int size)
      throws IOException {
    ByteBuf reply =
        Replies.ofStored(stored, query.client(), ttls, ede, size, UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = new byte[reply.readableBytes()];
    reply.readBytes(bytes);
    reply.release();
    assertThat(bytes.length).isLessThanOrEqualTo(size);
    return new Message(bytes);
  }

  private static List<String> lines(Message message, int section) {
    return message.getSection(section).stream()
        .map(each -> each.toString().replaceAll("\\s+", " "))
        .toList();
  }
}
