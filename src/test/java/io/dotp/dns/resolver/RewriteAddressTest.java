package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.FAKE_TTL;
import static io.dotp.dns.resolver.Rewriting.FIRST;
import static io.dotp.dns.resolver.Rewriting.IPV4_ONLY;
import static io.dotp.dns.resolver.Rewriting.additional;
import static io.dotp.dns.resolver.Rewriting.address;
import static io.dotp.dns.resolver.Rewriting.answer;
import static io.dotp.dns.resolver.Rewriting.authority;
import static io.dotp.dns.resolver.Rewriting.plan;
import static io.dotp.dns.resolver.Rewriting.rewrite;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.TestMessage;
import io.dotp.dns.resolver.RewritePlan.Cause;
import io.dotp.dns.resolver.RewritePlan.Failed;
import io.dotp.dns.resolver.RewritePlan.Outcome;
import io.dotp.dns.resolver.RewritePlan.Rewritten;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class RewriteAddressTest {
  @Test
  void reals_addressesOfTheAnswer_areInOrderAndDistinct() {
    RewritePlan plan =
        plan(
            response("www.listed.test. A")
                .answer(
                    "www.listed.test. 300 IN A 203.0.113.2",
                    "www.listed.test. 300 IN A 203.0.113.1")
                .additional(
                    "x.four.listed.test. 300 IN A 203.0.113.2",
                    "x.listed.test. 300 IN A 203.0.113.1",
                    "x.listed.test. 300 IN AAAA 2001:db8::1"));

    assertThat(plan.reals())
        .containsExactly(
            new RealAddress(FIRST, address("203.0.113.2")),
            new RealAddress(FIRST, address("203.0.113.1")),
            new RealAddress(IPV4_ONLY, address("203.0.113.2")),
            new RealAddress(FIRST, address("2001:db8::1")));
  }

  @Test
  void apply_addresses_keepOrderCountAndLetters() {
    Rewritten rewritten =
        rewrite(
            response("WWW.Listed.test. A")
                .answer(
                    "WWW.Listed.test. 300 IN A 203.0.113.2",
                    "WWW.Listed.test. 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten))
        .containsExactly(
            "WWW.Listed.test. 60 IN A 198.18.113.2", "WWW.Listed.test. 60 IN A 198.18.113.1");
    assertThat(rewritten.ede()).isEqualTo(4);
    assertThat(rewritten.message().getHeader().getID()).isEqualTo(0x1234);
  }

  @Test
  void apply_everySection_isRewritten() {
    Rewritten rewritten =
        rewrite(
            response("plain.test. MX")
                .answer("plain.test. 300 IN MX 10 mail.listed.test.")
                .authority("listed.test. 300 IN A 203.0.113.1")
                .additional(
                    "mail.listed.test. 300 IN A 203.0.113.2",
                    "mail.listed.test. 300 IN AAAA 2001:db8::2",
                    "ns.plain.test. 300 IN A 203.0.113.3"));

    assertThat(answer(rewritten)).containsExactly("plain.test. 300 IN MX 10 mail.listed.test.");
    assertThat(authority(rewritten)).containsExactly("listed.test. 60 IN A 198.18.113.1");
    assertThat(additional(rewritten))
        .containsExactly(
            "mail.listed.test. 60 IN A 198.18.113.2",
            "mail.listed.test. 60 IN AAAA fd64:0:0:0:0:0:0:2",
            "ns.plain.test. 300 IN A 203.0.113.3");
  }

  @Test
  void apply_ttl_isTheUpstreamsAndLimitedWhereALeaseIs() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. MX")
                .answer("a.listed.test. 4000 IN MX 10 b.listed.test.")
                .additional("b.listed.test. 300 IN A 203.0.113.1"));

    Record mx = rewritten.message().getSection(Section.ANSWER).get(0);
    Record address = rewritten.message().getSection(Section.ADDITIONAL).get(0);
    assertThat(mx.getTTL()).isEqualTo(4000);
    assertThat(address.getTTL()).isEqualTo(300);
    assertThat(rewritten.limited()).containsExactly(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0", "127.0.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.255", "203.0.113.254",
        "198.18.0.9", "198.19.0.9", "10.0.0.1", "100.64.0.1", "192.168.1.1", "192.0.0.1"
      })
  void apply_specialIpv4Address_isDroppedAndBlocked(String special) {
    checkBlocked("A", special);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::",
        "::1",
        "fe80::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::fe",
        "fd64::9",
        "fd00::1",
        "::ffff:10.0.0.1",
        "::ffff:203.0.113.254",
        "64:ff9b::c612:9"
      })
  void apply_specialIpv6Address_isDroppedAndBlocked(String special) {
    checkBlocked("AAAA", special);
  }

  private static void checkBlocked(String type, String special) {
    TestMessage response = response("a.listed.test. " + type);
    Name owner = Name.fromConstantString("a.listed.test.");
    response.add(
        Record.newRecord(owner, Type.value(type), DClass.IN, 300, address(special).toBytes()),
        Section.ANSWER);
    RewritePlan plan = plan(response);

    Rewritten rewritten = (Rewritten) plan.apply(Rewriting::grant, FAKE_TTL);

    assertThat(plan.reals()).isEmpty();
    assertThat(plan.blocked()).isOne();
    assertThat(answer(rewritten)).isEmpty();
    assertThat(authority(rewritten)).hasSize(1).first().asString().contains("SOA");
    assertThat(rewritten.ede()).isEqualTo(15);
  }

  @Test
  void apply_privateAddressOnARouteThatAllowsThem_isMapped() {
    Rewritten rewritten =
        rewrite(response("a.four.test. A").answer("a.four.test. 300 IN A 10.0.0.1"));

    assertThat(answer(rewritten)).containsExactly("a.four.test. 60 IN A 198.19.0.1");
  }

  @Test
  void apply_someSpecial_leavesTheOthers() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. A")
                .answer(
                    "a.listed.test. 300 IN A 127.0.0.1", "a.listed.test. 300 IN A 203.0.113.1"));

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 60 IN A 198.18.113.1");
    assertThat(rewritten.ede()).isEqualTo(4);
  }

  @Test
  void apply_someRefused_leavesThemOut() {
    RewritePlan plan =
        plan(
            response("a.listed.test. A")
                .answer(
                    "a.listed.test. 300 IN A 203.0.113.1", "a.listed.test. 300 IN A 203.0.113.2"));

    Outcome outcome =
        plan.apply(
            real -> real.real().equals(address("203.0.113.1")) ? null : Rewriting.grant(real),
            FAKE_TTL);

    assertThat(answer((Rewritten) outcome)).containsExactly("a.listed.test. 60 IN A 198.18.113.2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.listed.test. 300 IN A 203.0.113.2", "a.listed.test. 300 IN A 127.0.0.1"})
  void apply_nothingMapped_fails(String other) {
    RewritePlan plan =
        plan(response("a.listed.test. A").answer("a.listed.test. 300 IN A 203.0.113.1", other));

    Outcome outcome = plan.apply(Rewriting::refuse, FAKE_TTL);

    assertThat(outcome).isEqualTo(new Failed(Cause.NOTHING_MAPPED));
  }

  @Test
  void apply_refusedGlue_doesNotFailTheAnswer() {
    RewritePlan plan =
        plan(
            response("plain.test. A")
                .answer("plain.test. 300 IN A 203.0.113.9")
                .additional("ns.listed.test. 300 IN A 203.0.113.1"));

    Outcome outcome = plan.apply(Rewriting::refuse, FAKE_TTL);

    assertThat(answer((Rewritten) outcome)).containsExactly("plain.test. 300 IN A 203.0.113.9");
    assertThat(additional((Rewritten) outcome)).isEmpty();
  }

  @Test
  void apply_oldAddressTypesOfAListedName_areDropped() {
    Name owner = Name.fromConstantString("a.listed.test.");
    TestMessage response =
        response("a.listed.test. TXT")
            .answer("a.listed.test. 300 IN TXT stays")
            .additional("a.listed.test. 300 IN A 203.0.113.1");
    response.add(
        Record.newRecord(owner, 11, DClass.IN, 300, new byte[] {-53, 0, 113, 1, 6, 1}),
        Section.ANSWER);
    response.add(Record.newRecord(owner, 106, DClass.IN, 300, new byte[10]), Section.ADDITIONAL);

    Rewritten rewritten = rewrite(response);

    assertThat(answer(rewritten)).containsExactly("a.listed.test. 300 IN TXT stays");
    assertThat(additional(rewritten)).containsExactly("a.listed.test. 60 IN A 198.18.113.1");
  }

  /** RFC 4025 section 2.1, RFC 8777 section 4.2: a gateway's kind is the second byte. */
  @ParameterizedTest
  @CsvSource({
    "APL, 42, 00011803cb0071, true",
    "A6, 38, 0020010db8000000000000000000000001, true",
    "L32, 105, 000acb007101, true",
    "IPSECKEY without a gateway, 45, 0a0002aabb, false",
    "IPSECKEY with IPv4, 45, 0a0102cb007101aabb, true",
    "IPSECKEY with IPv6, 45, 0a020220010db8000000000000000000000001aabb, true",
    "IPSECKEY with a name, 45, 0a03020367777907657861 6d706c6500aabb, false",
    "AMTRELAY without a relay, 260, 0a00, false",
    "AMTRELAY with IPv4, 260, 0a01cb007101, true",
    "AMTRELAY with IPv4 and discovery, 260, 0a81cb007101, true",
    "AMTRELAY with IPv6, 260, 0a0220010db8000000000000000000000001, true",
    "AMTRELAY with a name, 260, 0a030367777907657861 6d706c6500, false",
    "LOC, 29, 0012 1613 8b0d2bc4 6dfe0c28 0098a6e0, false",
    "NID, 104, 000a 0014 4fff ff20 ee64, false"
  })
  void apply_typeThatMayHoldAnAddress_goesWhenItDoes(
      String about, int type, String hex, boolean goes) {
    byte[] data = HexFormat.of().parseHex(hex.replace(" ", ""));
    TestMessage response = response("plain.test. MX").answer("plain.test. 300 IN MX 1 b.test.");
    for (String owner : List.of("a.listed.test.", "b.test.")) {
      response.add(
          Record.newRecord(Name.fromConstantString(owner), type, DClass.IN, 300, data),
          Section.ADDITIONAL);
    }

    Rewritten rewritten = rewrite(response);

    assertThat(additional(rewritten)).as(about).hasSize(goes ? 1 : 2);
    assertThat(additional(rewritten)).anyMatch(each -> each.startsWith("b.test."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SRV 1 2 3 host.listed.test.",
        "MX 10 host.listed.test.",
        "NS host.listed.test.",
        "PTR host.listed.test.",
        "NAPTR 1 1 a x b host.listed.test.",
        "AFSDB 1 host.listed.test.",
        "HTTPS 1 host.listed.test."
      })
  void apply_addressBesideAnyPointingType_becomesAFake(String data) {
    String type = data.substring(0, data.indexOf(' '));
    Rewritten rewritten =
        rewrite(
            response("plain.test. " + type)
                .answer("plain.test. 300 IN " + data)
                .additional(
                    "host.listed.test. 300 IN A 203.0.113.1",
                    "host.listed.test. 300 IN AAAA 2001:db8::1"));

    assertThat(additional(rewritten))
        .containsExactly(
            "host.listed.test. 60 IN A 198.18.113.1",
            "host.listed.test. 60 IN AAAA fd64:0:0:0:0:0:0:1");
  }

  @Test
  void apply_addressOfAnotherClass_isDropped() {
    Rewritten rewritten =
        rewrite(
            response("a.listed.test. A")
                .answer("a.listed.test. 300 IN A 203.0.113.1")
                .additional("a.listed.test. 300 CH A 203.0.113.2"));

    assertThat(additional(rewritten)).isEmpty();
  }

  @Test
  void apply_nothingListed_changesNothing() {
    TestMessage response =
        response("plain.test. A").flag(Flags.AD).answer("plain.test. 300 IN A 203.0.113.1");

    Rewritten rewritten = rewrite(response);

    assertThat(rewritten.ede()).isNull();
    assertThat(rewritten.message().getHeader().getFlag(Flags.AD)).isTrue();
    assertThat(answer(rewritten)).containsExactly("plain.test. 300 IN A 203.0.113.1");
  }
}
