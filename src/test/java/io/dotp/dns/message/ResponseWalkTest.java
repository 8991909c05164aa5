package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ResponseWalkTest {
  private final ResponseWalk walk = new ResponseWalk();

  static Stream<Fixture> bodies() {
    return Fixture.all("response-").filter(each -> !each.expected().equals("foreign"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void walk_fixture_isSoundOrNot(Fixture fixture) {
    ByteBuf response = fixture.buffer();

    ResponseFacts facts = walk.walk(response, name -> false);

    assertThat(facts == null).isEqualTo(fixture.expected().equals("malformed"));
    assertThat(response.readerIndex()).isEqualTo(5);
    assertThat(response.refCnt()).isOne();
  }

  @Test
  void walk_prefixOfASoundMessage_isMalformed() {
    byte[] bytes = Fixture.named("response-optfirst").bytes();
    for (int length = 0; length < bytes.length; length++) {
      ByteBuf response = Fixture.buffer(Arrays.copyOf(bytes, length));

      ResponseFacts facts = walk.walk(response, name -> false);

      assertThat(facts).as("%d bytes", length).isNull();
    }
  }

  @Test
  void walk_trailingBytes_areNotPartOfTheMessage() {
    Fixture fixture = Fixture.named("response-trailing");

    ResponseFacts facts = sound(fixture.buffer());

    assertThat(facts.end()).isEqualTo(fixture.bytes().length - 4);
    assertThat(facts.questionEnd()).isEqualTo(34);
    assertThat(facts.optOffset()).isNegative();
    assertThat(facts.optIsLast()).isFalse();
  }

  @Test
  void walk_optRecord_isFoundWithItsRcode() {
    ByteBuf response = TestMessage.response("a.test. A").rcode(0x123).buffer();

    ResponseFacts facts = sound(response);

    assertThat(facts.rcode()).isEqualTo(0x123);
    assertThat(facts.optLength()).isEqualTo(11);
    assertThat(facts.optIsLast()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "A, 0", "A, 3", "A, 5", "A, 15", "A, 16", "A, 17",
    "AAAA, 0", "AAAA, 3", "AAAA, 4", "AAAA, 5", "AAAA, 15", "AAAA, 17"
  })
  void walk_addressOfWrongLength_isMalformedInEverySection(String type, int length) {
    Name owner = Name.fromConstantString("a.test.");
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      TestMessage response = TestMessage.response("a.test. " + type);
      byte[] wire = rawRecord(response, section, owner, Type.value(type), new byte[length]);

      ResponseFacts facts = walk.walk(Fixture.buffer(wire), name -> false);

      assertThat(facts).isNull();
    }
  }

  @Test
  void walk_addressOfAnotherClass_mayHaveAnyLength() {
    byte[] wire =
        rawRecord(
            TestMessage.response("a.test. A CH"),
            Section.ANSWER,
            Name.fromConstantString("a.test."),
            Type.A,
            new byte[7]);
    wire[wire.length - 7 - 7] = DClass.CH;

    assertThat(walk.walk(Fixture.buffer(wire), name -> true)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "CNAME, 00ff",
    "DNAME, c00c00",
    "NS, 40",
    "PTR, ff",
    "MX, 0001",
    "MX, 0001c00c00",
    "SRV, 000100010001",
    "SRV, 0001000100016100",
    "SOA, 0000",
    "SOA, 000000000000000000000000000000000000000000000000",
    "HTTPS, 0001",
    "HTTPS, 000105",
    "SVCB, 00"
  })
  void walk_nameInDataIsNone_isMalformed(String type, String data) {
    byte[] bytes = HexFormat.of().parseHex(data);
    byte[] wire =
        rawRecord(
            TestMessage.response("a.test. A"),
            Section.ADDITIONAL,
            Name.fromConstantString("a.test."),
            Type.value(type),
            bytes);

    assertThat(walk.walk(Fixture.buffer(wire), name -> false)).isNull();
  }

  /** dnsjava would refuse to make such a record, so it gets a type that nobody knows first. */
  private static byte[] rawRecord(
      TestMessage response, int section, Name owner, int type, byte[] data) {
    int dclass = response.message().getQuestion().getDClass();
    response.add(Record.newRecord(owner, 65_280, dclass, 300, data.length, data), section);
    byte[] wire = response.bytes();
    int at = wire.length - data.length - ResponseWalk.RECORD_FIXED;
    wire[at] = (byte) (type >> 8);
    wire[at + 1] = (byte) type;
    return wire;
  }

  @Test
  void walk_unknownType_isNotLookedInto() {
    ByteBuf response =
        TestMessage.response("a.test. TYPE65280")
            .add(
                Record.newRecord(
                    Name.fromConstantString("a.test."), 65_280, DClass.IN, 1, new byte[] {-1, -1}),
                Section.ANSWER)
            .buffer();

    ResponseFacts facts = walk.walk(response, name -> false);

    assertThat(facts).isNotNull();
  }

  @Test
  void walk_classAnyAsked_acceptsTheClassesThatCome() {
    ByteBuf response =
        TestMessage.response("a.test. A ANY").answer("a.test. 300 IN A 203.0.113.1").buffer();

    ResponseFacts facts = Objects.requireNonNull(walk.walk(response, name -> true));

    assertThat(facts.mentionsListed()).isTrue();
  }

  @Test
  void walk_sameInstanceAfterAMalformedOne_startsAfresh() {
    walk.walk(Fixture.named("response-twoopt").buffer(), name -> true);

    ResponseFacts facts = sound(Fixture.named("response-good").buffer());

    assertThat(facts.optOffset()).isNegative();
    assertThat(facts.mentionsListed()).isFalse();
  }

  private ResponseFacts sound(ByteBuf response) {
    return Objects.requireNonNull(walk.walk(response, name -> false));
  }
}
