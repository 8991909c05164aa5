package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

class MessageEncoderTest {
  private static final int TCP = 65_535;

  @Test
  void encode_ownersThatDifferInCase_keepTheirLetters() {
    TestMessage response =
        TestMessage.response("www.Example.test. A")
            .answer(
                "www.Example.test. 60 IN CNAME WWW.eXample.test.",
                "WWW.eXample.test. 60 IN CNAME www.example.TEST.",
                "www.example.TEST. 60 IN A 203.0.113.1");

    Message reply = parse(encode(response, "www.Example.test. A"));

    List<Record> answer = reply.getSection(Section.ANSWER);
    assertThat(answer).hasToString(response.message().getSection(Section.ANSWER).toString());
  }

  @Test
  void encode_namesAlreadyWritten_becomePointers() {
    TestMessage response =
        TestMessage.response("www.example.test. MX")
            .answer("www.example.test. 60 IN MX 10 mail.example.test.")
            .authority(
                "example.test. 60 IN SOA ns.example.test. admin.example.test. 1 2 3 4 5",
                "example.test. 60 IN NS ns.example.test.")
            .additional("mail.example.test. 60 IN A 203.0.113.1");

    byte[] bytes = encode(response, "www.example.test. MX");

    // The question, then: MX with "mail", SOA with "ns" and "admin", and pointers for all else.
    int question = 12 + 18 + 4;
    int exchange = 2 + 10 + 2 + 5 + 2;
    int authority = 2 + 10 + 3 + 2 + 6 + 2 + 20;
    int server = 2 + 10 + 2;
    int address = 2 + 10 + 4;
    assertThat(bytes).hasSize(question + exchange + authority + server + address);
    assertThat(parse(bytes).sectionToString(Section.AUTHORITY))
        .isEqualTo(response.message().sectionToString(Section.AUTHORITY));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SRV 1 2 3 t.example.test.", "DNAME t.example.test."})
  void encode_targetOfALaterType_isNotCompressed(String data) {
    TestMessage response =
        TestMessage.response("a.example.test. SRV").answer("a.example.test. 60 IN " + data);

    byte[] bytes = encode(response, "a.example.test. SRV");

    String raw = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(raw.indexOf("example")).isNotEqualTo(raw.lastIndexOf("example"));
  }

  @Test
  void encode_namesNestedInEachOther_needFewJumpsToRead() {
    TestMessage response = TestMessage.response("a.test. NS");
    StringBuilder name = new StringBuilder("a.test.");
    for (int i = 0; i < 60; i++) {
      name.insert(0, "b.");
      response.authority(name + " 60 IN NS x" + i + "." + name);
    }

    byte[] bytes = encode(response, "a.test. NS");

    ResponseFacts facts = new ResponseWalk().walk(Fixture.buffer(bytes), each -> false);
    assertThat(facts).isNotNull();
    assertThat(parse(bytes).sectionToString(Section.AUTHORITY))
        .isEqualTo(response.message().sectionToString(Section.AUTHORITY));
  }

  @Test
  void encode_namesBeyondThePointersReach_areWrittenOut() {
    TestMessage response = TestMessage.response("a.test. TXT");
    for (int i = 0; i < 80; i++) {
      response.answer("a.test. 60 IN TXT \"" + i + "x".repeat(250) + "\"");
    }
    for (int i = 0; i < 20; i++) {
      response.authority("late" + i + ".other. 60 IN NS ns" + i + ".late" + i + ".other.");
    }

    byte[] bytes = encode(response, "a.test. TXT");

    assertThat(parse(bytes).sectionToString(Section.AUTHORITY))
        .isEqualTo(response.message().sectionToString(Section.AUTHORITY));
  }

  @Test
  void encode_oddLabels_surviveByteForByte() throws Exception {
    Name odd = new Name(new byte[] {3, 0, '.', '\\', 2, '\r', '\n', 2, (byte) 0x80, -1, 0});
    TestMessage response = TestMessage.response("a.test. CNAME");
    response.answer("a.test. 60 IN CNAME " + odd);

    Message reply = parse(encode(response, "a.test. CNAME"));

    assertThat(reply.getSection(Section.ANSWER).get(0).rdataToString()).isEqualTo(odd.toString());
  }

  @Test
  void encode_largeTtl_isNotChanged() {
    TestMessage response =
        TestMessage.response("a.test. A").answer("a.test. 2147483647 IN A 203.0.113.1");

    Message reply = parse(encode(response, "a.test. A"));

    assertThat(reply.getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(2_147_483_647L);
  }

  /** Cost is counted, not timed: a suffix that is compared is read from the buffer. */
  @Test
  void encode_tenThousandNamesOfManyLabels_readsEachByteFewTimes() {
    long small = readsOf(100);
    long large = readsOf(400);

    assertThat(large).isLessThan(6 * small);
  }

  private static long readsOf(int records) {
    String suffix = "x.".repeat(110);
    TestMessage response = TestMessage.response(suffix + " NS");
    for (int i = 0; i < records; i++) {
      response.authority("o" + i + "." + suffix + " 60 IN NS n" + i + "." + suffix);
    }
    CountingBuf out = new CountingBuf();
    NameWriter names = new NameWriter(out);
    for (Record each : response.message().getSection(Section.AUTHORITY)) {
      names.write(each.getName().toWire());
    }
    return out.reads();
  }

  private static byte[] encode(TestMessage response, String question) {
    ClientQuestion client = TestMessage.query(question).client();
    ByteBuf reply =
        MessageEncoder.encode(
            response.message(), client, null, TCP, UnpooledByteBufAllocator.DEFAULT);
    byte[] bytes = ByteBufUtil.getBytes(reply);
    reply.release();
    return bytes;
  }

  private static Message parse(byte[] bytes) {
    try {
      return new Message(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
