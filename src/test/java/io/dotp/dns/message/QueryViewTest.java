package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.name.WireName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

class QueryViewTest {
  private final QueryView view = new QueryView();

  static Stream<Fixture> queries() {
    return Fixture.all("query-");
  }

  @ParameterizedTest
  @MethodSource("queries")
  void read_fixture_hasItsVerdict(Fixture fixture) {
    ByteBuf query = fixture.buffer();

    QueryView.Verdict verdict = view.read(query);

    assertThat(verdict).hasToString(fixture.expected());
    assertThat(query.readerIndex()).isEqualTo(5);
    assertThat(query.refCnt()).isOne();
  }

  @ParameterizedTest
  @MethodSource("queries")
  void read_everyPrefix_givesAVerdictThatFitsTheBytes(Fixture fixture) {
    byte[] bytes = fixture.bytes();
    for (int length = 0; length <= bytes.length; length++) {
      ByteBuf query = Fixture.buffer(Arrays.copyOf(bytes, length));

      QueryView.Verdict verdict = view.read(query);

      assertThat(verdict == QueryView.Verdict.NOT_A_QUERY)
          .isEqualTo(length < 12 || fixture.expected().equals("NOT_A_QUERY"));
      assertThat(view.questionEnd()).isBetween(0, length);
    }
  }

  @Test
  void read_questionInMixedCase_givesTheCanonicalName() {
    ByteBuf query = TestMessage.query("WwW.Example.TEST. AAAA").flag(Flags.CD).buffer();

    QueryView.Verdict verdict = view.read(query);

    assertThat(verdict).isEqualTo(QueryView.Verdict.QUERY);
    assertThat(text(view.name())).isEqualTo("www.example.test");
    assertThat(view.id()).isEqualTo(0x1234);
    assertThat(view.qtype()).isEqualTo(28);
    assertThat(view.qclass()).isOne();
    assertThat(view.opcode()).isZero();
    assertThat(view.questionEnd()).isEqualTo(query.readableBytes());
    assertThat(view.recursionDesired()).isTrue();
    assertThat(view.checkingDisabled()).isTrue();
    assertThat(view.authenticData()).isFalse();
    assertThat(view.hasOpt()).isFalse();
    assertThat(view.udpSize()).isEqualTo(512);
  }

  @ParameterizedTest
  @CsvSource({"0, 512", "511, 512", "512, 512", "1232, 1232", "4096, 4096", "65535, 65535"})
  void read_optRecord_givesTheSizeButNotLessThan512(int offered, int expected) {
    ByteBuf query = TestMessage.query("a.test. A").opt(offered, 0, 0x8000).buffer();

    view.read(query);

    assertThat(view.hasOpt()).isTrue();
    assertThat(view.udpSize()).isEqualTo(expected);
    assertThat(view.dnssecOk()).isTrue();
    assertThat(view.optVersion()).isZero();
  }

  @Test
  void read_secondMessage_remembersNothingOfTheFirst() {
    view.read(TestMessage.query("a.test. A").opt(4096, 0, 0x8000).buffer());

    view.read(Fixture.named("query-qd0").buffer());

    assertThat(view.hasOpt()).isFalse();
    assertThat(view.dnssecOk()).isFalse();
    assertThat(view.udpSize()).isEqualTo(512);
    assertThat(view.questionEnd()).isZero();
    assertThat(view.name().length()).isZero();
    assertThat(view.qtype()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "query-badvers, true, true",
    "query-axfr, true, false",
    "query-twoopt, true, true",
    "query-rdlenover, true, false",
    "query-qd2, false, false",
    "query-pointer, false, false",
    "query-notify, true, false"
  })
  void read_badQuery_keepsWhatCanBeKnown(String name, boolean question, boolean opt) {
    view.read(Fixture.named(name).buffer());

    assertThat(view.id()).isEqualTo(0x1234);
    assertThat(view.questionEnd() > 0).isEqualTo(question);
    assertThat(view.hasOpt()).isEqualTo(opt);
  }

  @Test
  void read_otherOpcodeWithOpt_isAnsweredWithOpt() throws Exception {
    TestMessage notify = TestMessage.query("a.test. SOA").opt(1232, 0, 0);
    notify.message().getHeader().setOpcode(4);

    QueryView.Verdict verdict = view.read(notify.buffer());
    ByteBuf reply =
        Replies.error(
            view.clientQuestion(notify.buffer()),
            DnsResponseCode.NOTIMP,
            UnpooledByteBufAllocator.DEFAULT);

    assertThat(verdict).isEqualTo(QueryView.Verdict.NOTIMP);
    Message sent = new Message(TestMessage.take(reply));
    assertThat(sent.getHeader().getOpcode()).isEqualTo(4);
    assertThat(sent.getRcode()).isEqualTo(Rcode.NOTIMP);
    assertThat(sent.getOPT()).isNotNull();
  }

  private static String text(WireName name) {
    return name.toDomainName().toString();
  }
}
