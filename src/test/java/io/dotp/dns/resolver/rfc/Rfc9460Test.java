package io.dotp.dns.resolver.rfc;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.additional;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.RecordData;
import io.dotp.dns.message.TestMessage;
import io.dotp.dns.resolver.RewritePlan.Rewritten;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** RFC 9460, Service Binding and Parameter Specification via the DNS. */
class Rfc9460Test {
  private static final Name OWNER = Name.fromConstantString("a.listed.test.");

  private static byte[] rewrittenData(String hex) {
    byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
    Record each = Record.newRecord(OWNER, Type.HTTPS, DClass.IN, 300, data);
    TestMessage response = response("a.listed.test. HTTPS").add(each, Section.ANSWER);

    Rewritten rewritten = rewrite(response);

    return RecordData.of(rewritten.message().getSection(Section.ANSWER).get(0));
  }

  /** Section 2.4.2: "In AliasMode, the SVCB record aliases a service to a TargetName." */
  @Test
  void section242_aliasMode_leadsToItsTarget() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. HTTPS")
                .answer("a.listed.test. 300 IN HTTPS 0 pool.example.")
                .additional("pool.example. 300 IN HTTPS 1 . ipv4hint=203.0.113.1"));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN HTTPS 0 pool.example.");
    assertThat(additional(rewritten))
        .containsExactly("pool.example. 60 IN HTTPS 1 . ipv4hint=198.18.113.1");
  }

  /** Section 2.4.2: "recipients MUST ignore any SvcParams that are present". */
  @Test
  void section242_parametersInAliasMode_areNotPassedOn() {
    byte[] data = rewrittenData("0000 03737663 076578616d706c65 00 0004 0004 cb007101");

    assertThat(HexFormat.of().formatHex(data)).isEqualTo("000003737663076578616d706c6500");
  }

  /**
   * Section 2.5.2: "if TargetName has the value ".", then the owner name of this record MUST be
   * used as the effective TargetName".
   */
  @Test
  void section252_targetOfARoot_meansTheOwner() {
    Rewritten rewritten =
        rewrite(
            response("a.four.test. HTTPS")
                .answer("a.four.test. 300 IN HTTPS 1 . ipv4hint=203.0.113.1"));

    assertThat(answer(rewritten))
        .containsExactly("a.four.test. 60 IN HTTPS 1 . ipv4hint=198.19.113.1");
  }

  /** Section 2.2: "SvcParamKeys SHALL appear in increasing numeric order". */
  @Test
  void section22_parameters_areInOrderAndOthersAreByteExact() {
    String before = "0001 00 0001 0006 0268320268 33 0003 0002 20fb 0004 0004 ";
    String between = " 0005 0003 abcdef 0006 0010 ";
    String behind = " ffdc 0003 00ff01";
    String real = "20010db8000000000000000000000001";
    String fake = "fd640000000000000000000000000001";

    byte[] data = rewrittenData(before + "cb007101" + between + real + behind);

    String expected = (before + "c6127101" + between + fake + behind).replace(" ", "");
    assertThat(HexFormat.of().formatHex(data)).isEqualTo(expected);
  }

  /** Section 7.3: "An empty list of addresses is invalid." */
  @Test
  void section73_hintWithoutAnAddressLeft_goes() {
    byte[] data = rewrittenData("0001 00 0001 0003 026832 0004 0004 7f000001");

    assertThat(HexFormat.of().formatHex(data)).isEqualTo("00010000010003026832");
  }

  /**
   * Section 7.3: an IPv4-mapped address in "ipv6hint" is judged by the IPv4 one, and is no fake.
   */
  @Test
  void section73_mappedAddressInIpv6hint_isJudgedAndStaysIpv6() {
    byte[] blocked = rewrittenData("0001 00 0006 0010 00000000000000000000ffff7f000001");
    byte[] mapped = rewrittenData("0001 00 0006 0010 00000000000000000000ffffcb007101");

    assertThat(HexFormat.of().formatHex(blocked)).isEqualTo("000100");
    assertThat(HexFormat.of().formatHex(mapped)).startsWith("00010000060010fd64");
  }

  /** Section 8: a key that "mandatory" names has to be present in the record. */
  @Test
  void section8_mandatoryKeyThatWent_isNamedNoMore() {
    byte[] some = rewrittenData("0001 00 0000 0004 0001 0004 0001 0003 026832 0004 0004 7f000001");
    byte[] all = rewrittenData("0001 00 0000 0002 0004 0004 0004 7f000001");
    byte[] none = rewrittenData("0001 00 0000 0002 0004 0004 0004 cb007101");

    assertThat(HexFormat.of().formatHex(some)).isEqualTo("000100000000020001" + "00010003026832");
    assertThat(HexFormat.of().formatHex(all)).isEqualTo("000100");
    assertThat(HexFormat.of().formatHex(none)).isEqualTo("000100000000020004" + "00040004c6127101");
  }
}
