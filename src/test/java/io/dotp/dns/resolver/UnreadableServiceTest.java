package io.dotp.dns.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.TestMessage;
import io.dotp.dns.resolver.RewritePlan.Rewritten;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** One HTTPS record that nobody can read does not cost the whole response. */
class UnreadableServiceTest {
  /** A type that dnsjava does not look into; it is HTTPS in the bytes of the response. */
  private static final int STAND_IN = 65_000;

  private static final int HTTPS = 65;

  private static final String SOUND = "a.listed.test. 300 IN HTTPS 1 . ipv4hint=203.0.113.1";

  private static byte[] bytes(TestMessage response, String hex) {
    response.add(
        Record.newRecord(
            Name.fromConstantString("a.listed.test."),
            STAND_IN,
            DClass.IN,
            300,
            HexFormat.of().parseHex(hex.replace(" ", ""))),
        Section.ANSWER);
    byte[] bytes = response.bytes();
    for (int i = 12; i + 1 < bytes.length; i++) {
      if ((bytes[i] & 0xff) == STAND_IN >> 8 && (bytes[i + 1] & 0xff) == (STAND_IN & 0xff)) {
        bytes[i] = 0;
        bytes[i + 1] = HTTPS;
        return bytes;
      }
    }
    throw new IllegalStateException("the record is not in the message");
  }

  private static Rewritten rewrite(byte[] bytes) {
    Message message = TestMessage.decode(bytes).orElseThrow();
    return (Rewritten)
        RewritePlan.of(message, Rewriting.RULES).apply(Rewriting::grant, Rewriting.FAKE_TTL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "keys out of order          | 0001 00 0004 0004 cb007101 0003 0002 01bb",
        "a key twice                | 0001 00 0004 0004 cb007101 0004 0004 cb007102",
        "a value beyond the record  | 0001 00 0004 0008 cb007101",
        "a key without a length     | 0001 00 0004",
        "a byte too many            | 0001 00 0004 0004 cb007101 00",
        "half an IPv4 address       | 0001 00 0004 0006 cb007101 cb00",
        "half an IPv6 address       | 0001 00 0006 0008 20010db800000000",
        "hints without an address   | 0001 00 0004 0000",
        "a port of three bytes      | 0001 00 0003 0003 01bb01",
        "a mandatory key is missing | 0001 00 0000 0002 0003 0004 0004 cb007101",
        "a protocol of no letters   | 0001 00 0001 0002 0568",
        "a compressed target        | 0001 c00c 0004 0004 cb007101"
      })
  void apply_oneUnreadableRecord_isLeftOutAndTheRestGoesOn(String about, String hex) {
    TestMessage response = TestMessage.response("a.listed.test. HTTPS").answer(SOUND);
    response.additional("b.listed.test. 300 IN A 203.0.113.2");

    Rewritten rewritten = rewrite(bytes(response, hex));

    assertThat(Rewriting.answer(rewritten))
        .as(about)
        .containsExactly("a.listed.test. 60 IN HTTPS 1 . ipv4hint=198.18.113.1");
    assertThat(Rewriting.additional(rewritten))
        .containsExactly("b.listed.test. 60 IN A 198.18.113.2");
    assertThat(rewritten.ede()).isEqualTo(4);
  }

  @Test
  void apply_nothingButAnUnreadableRecord_isNodata() {
    TestMessage response = TestMessage.response("a.listed.test. HTTPS");

    Rewritten rewritten = rewrite(bytes(response, "0001 00 0004 0003 cb0071"));

    assertThat(Rewriting.answer(rewritten)).isEmpty();
    assertThat(Rewriting.authority(rewritten)).singleElement().asString().contains(" 60 IN SOA ");
    assertThat(rewritten.ede()).isEqualTo(4);
  }

  @Test
  void apply_readableRecordInBytes_isRewritten() {
    TestMessage response = TestMessage.response("a.listed.test. HTTPS");

    Rewritten rewritten = rewrite(bytes(response, "0001 00 0004 0004 cb007101 fde8 0002 abcd"));

    assertThat(Rewriting.answer(rewritten))
        .singleElement()
        .asString()
        .startsWith("a.listed.test. 60 IN HTTPS 1 . ipv4hint=198.18.113.1 key65000=");
  }

  @Test
  void apply_aliasWithParameters_losesThem() {
    TestMessage response = TestMessage.response("a.listed.test. HTTPS");

    Rewritten rewritten =
        rewrite(bytes(response, "0000 03737663 076578616d706c65 00 0004 0004 cb007101"));

    assertThat(Rewriting.answer(rewritten))
        .containsExactly("a.listed.test. 60 IN HTTPS 0 svc.example.");
  }
}
