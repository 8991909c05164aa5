package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

class RepliesTest {
  private static final ByteBufAllocator HEAP = UnpooledByteBufAllocator.DEFAULT;

  @Test
  void forward_neitherSideSpeaksEdns_changesTheIdOnly() {
    byte[] upstream = Fixture.named("response-good").bytes();
    ClientQuestion client = client("www.fixture.test. A", 0x0777);

    byte[] reply = forward(Fixture.buffer(upstream), client, 512);

    upstream[0] = 0x07;
    upstream[1] = 0x77;
    assertThat(reply).isEqualTo(upstream);
  }

  @Test
  void forward_clientsLetters_comeBack() {
    ClientQuestion client = client("wWw.FIXture.Test. A", 0x1234);

    byte[] reply = forward(Fixture.named("response-caseq").buffer(), client, 512);

    assertThat(Arrays.copyOfRange(reply, 12, 34)).isEqualTo(client.question());
  }

  @Test
  void forward_optInTheMiddleAndClientsLetters_comeBackInOwnersToo() {
    TestMessage upstream =
        TestMessage.response("wWw.tEst. A")
            .answer("wWw.tEst. 300 IN A 203.0.113.1")
            .opt(1232, 0, 0)
            .additional("b.test. 300 IN A 203.0.113.2");
    ClientQuestion client = client("Www.Test. A", 0x1234);

    Message reply = parse(forward(upstream.buffer(), client, 512));

    assertThat(reply.getSection(Section.ANSWER).get(0).getName()).hasToString("Www.Test.");
  }

  @Test
  void forward_trailingBytes_areCutOff() {
    ClientQuestion client = client("www.fixture.test. A", 0x1234);

    byte[] reply = forward(Fixture.named("response-trailing").buffer(), client, 512);

    assertThat(reply).isEqualTo(Fixture.named("response-good").bytes());
  }

  @Test
  void forward_optOfTheUpstream_neverReachesAClientWithout() {
    ClientQuestion client = client("www.fixture.test. A", 0x1234);

    byte[] last = forward(Fixture.named("response-opt").buffer(), client, 512);
    byte[] middle = forward(Fixture.named("response-optfirst").buffer(), client, 512);

    assertThat(last).isEqualTo(Fixture.named("response-good").bytes());
    assertThat(parse(middle).getOPT()).isNull();
    assertThat(parse(middle).getSection(Section.ADDITIONAL)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"response-good, 0", "response-opt, 0", "response-optfirst, 1"})
  void forward_clientWithOpt_getsOursAsTheLastRecord(String name, int others) {
    ClientQuestion client =
        TestMessage.query("www.fixture.test. A").opt(4096, 0, ExtendedFlags.DO).client();

    Message reply = parse(forward(Fixture.named(name).buffer(), client, 1232));

    List<Record> additional = reply.getSection(Section.ADDITIONAL);
    assertThat(additional).hasSize(others + 1);
    OPTRecord opt = (OPTRecord) additional.get(others);
    assertThat(opt.getPayloadSize()).isEqualTo(1232);
    assertThat(opt.getFlags()).isEqualTo(ExtendedFlags.DO);
    assertThat(opt.getOptions()).isEmpty();
    assertThat(opt.getVersion()).isZero();
  }

  @Test
  void forward_extendedRcode_isKeptOrMadeServfail() {
    TestMessage upstream = TestMessage.response("a.test. A").rcode(Rcode.BADVERS);

    Message speaks =
        parse(
            forward(
                upstream.buffer(), TestMessage.query("a.test. A").opt(1232, 0, 0).client(), 512));
    Message doesNot =
        parse(forward(upstream.buffer(), TestMessage.query("a.test. A").client(), 512));

    assertThat(speaks.getRcode()).isEqualTo(Rcode.BADVERS);
    assertThat(doesNot.getRcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Test
  void forward_sharedResponse_isNotWrittenTo() {
    ByteBuf shared = Fixture.named("response-opt").buffer();
    byte[] before = ByteBufUtil.getBytes(shared);

    forward(shared.retain(), client("www.fixture.test. A", 1), 512);
    forward(shared.retain(), client("WWW.fixture.test. A", 2), 512);

    assertThat(ByteBufUtil.getBytes(shared)).isEqualTo(before);
    assertThat(shared.refCnt()).isOne();
  }

  @ParameterizedTest
  @CsvSource({"false, false, false", "true, false, true", "false, true, true", "true, true, true"})
  void forward_adBit_goesOnlyToWhoKnowsIt(boolean ad, boolean dnssecOk, boolean expected) {
    TestMessage query = TestMessage.query("a.test. A");
    if (ad) {
      query.flag(Flags.AD);
    }
    if (dnssecOk) {
      query.opt(1232, 0, ExtendedFlags.DO);
    }
    TestMessage upstream = TestMessage.response("a.test. A").flag(Flags.AD);

    Message reply = parse(forward(upstream.buffer(), query.client(), 1232));

    assertThat(reply.getHeader().getFlag(Flags.AD)).isEqualTo(expected);
  }

  @Test
  void error_question_isEchoedWithTheClientsBits() {
    ClientQuestion client = TestMessage.query("A.Test. AAAA").flag(Flags.CD).client();

    byte[] bytes = TestMessage.take(Replies.error(client, DnsResponseCode.SERVFAIL, HEAP));

    Message reply = parse(bytes);
    assertThat(reply.getHeader().getID()).isEqualTo(0x1234);
    assertThat(reply.getHeader().toWire()[2] & 0xff).isEqualTo(0x81);
    assertThat(reply.getHeader().toWire()[3] & 0xff).isEqualTo(0x90 | Rcode.SERVFAIL);
    assertThat(Arrays.copyOfRange(bytes, 12, bytes.length)).isEqualTo(client.question());
  }

  @Test
  void error_withoutQuestion_isAHeader() {
    QueryView view = new QueryView();
    ByteBuf query = Fixture.named("query-pointer").buffer();
    view.read(query);

    byte[] reply =
        TestMessage.take(Replies.error(view.clientQuestion(query), DnsResponseCode.FORMERR, HEAP));

    assertThat(reply).hasSize(12);
    assertThat(reply[5]).isZero();
  }

  @Test
  void error_ede_goesToAClientWithOptOnly() {
    ClientQuestion with = TestMessage.query("a.test. A").opt(1232, 0, 0).client();
    ClientQuestion without = TestMessage.query("a.test. A").client();

    Message spoken =
        parse(
            TestMessage.take(Replies.error(with, DnsResponseCode.SERVFAIL, 22, "no server", HEAP)));
    Message silent =
        parse(
            TestMessage.take(
                Replies.error(without, DnsResponseCode.SERVFAIL, 22, "no server", HEAP)));

    ExtendedErrorCodeOption ede =
        (ExtendedErrorCodeOption)
            Objects.requireNonNull(spoken.getOPT())
                .getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR)
                .get(0);
    assertThat(ede.getErrorCode()).isEqualTo(22);
    assertThat(ede.getText()).isEqualTo("no server");
    assertThat(silent.getOPT()).isNull();
  }

  @Test
  void error_badvers_needsTheOptRecord() {
    QueryView view = new QueryView();
    ByteBuf query = Fixture.named("query-badvers").buffer();
    view.read(query);

    Message reply =
        parse(
            TestMessage.take(
                Replies.error(
                    view.clientQuestion(query), DnsResponseCode.BADVERS_OR_BADSIG, HEAP)));

    assertThat(reply.getRcode()).isEqualTo(Rcode.BADVERS);
    assertThat(Objects.requireNonNull(reply.getOPT()).getVersion()).isZero();
  }

  private static ClientQuestion client(String question, int id) {
    TestMessage query = TestMessage.query(question);
    query.message().getHeader().setID(id);
    return query.client();
  }

  private static byte[] forward(ByteBuf response, ClientQuestion client, int maxSize) {
    ResponseFacts facts = Objects.requireNonNull(new ResponseWalk().walk(response, name -> false));
    return TestMessage.take(Replies.forward(response, facts, client, maxSize, HEAP));
  }

  private static Message parse(byte[] bytes) {
    try {
      return new Message(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
