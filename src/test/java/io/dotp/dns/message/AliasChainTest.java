package io.dotp.dns.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which owners an answer may have, and which names the matcher is asked about. */
class AliasChainTest {
  private final ResponseWalk walk = new ResponseWalk();

  private boolean isSound(TestMessage response) {
    return walk.walk(response.buffer(), name -> false) != null;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 16, 17, 40, 64, 100})
  void walk_chainOfAnyLengthInAnyOrder_isSound(int length) {
    List<String> records = new ArrayList<>(chain(length));
    Collections.shuffle(records, new Random(length));

    TestMessage response = TestMessage.response("n0.test. A").answer(strings(records));

    assertThat(isSound(response)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 16})
  void walk_foreignOwnerBesideAChain_isMalformed(int length) {
    List<String> records = new ArrayList<>(chain(length));
    records.add("victim.test. 300 IN A 203.0.113.66");
    Collections.shuffle(records, new Random(length));

    TestMessage response = TestMessage.response("n0.test. A").answer(strings(records));

    assertThat(isSound(response)).isFalse();
  }

  @Test
  void walk_ownersInOtherCase_areTheSame() {
    TestMessage response =
        TestMessage.response("Www.Test. A")
            .answer("wWW.tesT. 300 IN CNAME A.b.", "a.B. 300 IN A 203.0.113.1");

    assertThat(isSound(response)).isTrue();
  }

  @Test
  void walk_aliasLoop_isSound() {
    TestMessage response =
        TestMessage.response("a.test. A")
            .answer("a.test. 300 IN CNAME b.test.", "b.test. 300 IN CNAME a.test.");

    assertThat(isSound(response)).isTrue();
  }

  @Test
  void walk_dnameWithItsCname_isSound() {
    TestMessage response =
        TestMessage.response("a.b.old.test. A")
            .answer(
                "old.test. 300 IN DNAME new.test.",
                "a.b.old.test. 300 IN CNAME a.b.new.test.",
                "a.b.new.test. 300 IN A 203.0.113.1");

    assertThat(isSound(response)).isTrue();
  }

  @Test
  void walk_dnamesWithoutCnames_areFollowedInAnyOrder() {
    List<String> records =
        List.of(
            "one.test. 300 IN DNAME two.test.",
            "two.test. 300 IN DNAME three.test.",
            "x.three.test. 300 IN CNAME y.one.test.",
            "y.three.test. 300 IN A 203.0.113.1");
    for (int seed = 0; seed < 24; seed++) {
      List<String> shuffled = new ArrayList<>(records);
      Collections.shuffle(shuffled, new Random(seed));

      TestMessage response = TestMessage.response("x.one.test. A").answer(strings(shuffled));

      assertThat(isSound(response)).as("%s", shuffled).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "other.test. 300 IN DNAME new.test.",
        "d.test. 300 IN DNAME new.test.",
        "xold.test. 300 IN DNAME new.test.",
        "below.a.old.test. 300 IN DNAME new.test."
      })
  void walk_dnameOfNoAncestor_isMalformed(String record) {
    TestMessage response = TestMessage.response("a.old.test. A").answer(record);

    assertThat(isSound(response)).isFalse();
  }

  @Test
  void walk_dnameThatMakesTooLongAName_leadsNowhere() {
    String label = "x".repeat(60);
    String question = String.join(".", label, label, label, "old.test.");
    String target = label + "." + label + ".";

    TestMessage response =
        TestMessage.response(question + " A").answer("old.test. 300 IN DNAME " + target);

    assertThat(isSound(response)).isTrue();
  }

  @Test
  void walk_growingDname_ends() {
    TestMessage response =
        TestMessage.response("a.test. A").answer("test. 300 IN DNAME test.test.");

    assertThat(isSound(response)).isTrue();
  }

  @Test
  void walk_signaturesAndDenialsOfTheChain_areSound() {
    TestMessage response =
        TestMessage.response("a.test. A")
            .answer(
                "a.test. 300 IN CNAME b.test.",
                "a.test. 300 IN RRSIG CNAME 8 2 300 20300101000000 20200101000000 1 test. AAAA",
                "b.test. 300 IN NSEC c.test. A RRSIG NSEC");

    assertThat(isSound(response)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "question   | listed.test. A | x.test. 300 IN A 203.0.113.1       | ns",
        "cname      | a.test. A      | a.test. 300 IN CNAME listed.test.  | an",
        "dname      | b.a.test. A    | a.test. 300 IN DNAME listed.test.  | an",
        "https      | a.test. HTTPS  | a.test. 300 IN HTTPS 0 listed.test. | an",
        "svcb       | a.test. SVCB   | a.test. 300 IN SVCB 1 listed.test. port=1 | an",
        "authority  | a.test. A      | listed.test. 300 IN NS ns.test.    | ns",
        "additional | a.test. MX     | listed.test. 300 IN A 203.0.113.1  | ar"
      })
  void walk_listedName_isNoticedWhereverItStands(
      String place, String question, String record, String section) {
    TestMessage response = TestMessage.response(question);
    switch (section) {
      case "an" -> response.answer(record);
      case "ns" -> response.authority(record);
      default -> response.additional(record);
    }

    ResponseFacts facts = walk.walk(response.buffer(), AliasChainTest::isListed);

    assertThat(facts).as(place).isNotNull();
    assertThat(facts.mentionsListed()).as(place).isTrue();
  }

  @Test
  void walk_listedNameThatNobodyIsLedTo_isNotMentioned() {
    TestMessage response =
        TestMessage.response("a.test. MX")
            .answer("a.test. 300 IN MX 10 listed.test.")
            .authority("test. 300 IN NS listed.test.");

    ResponseFacts facts = walk.walk(response.buffer(), AliasChainTest::isListed);

    assertThat(facts).isNotNull();
    assertThat(facts.mentionsListed()).isFalse();
  }

  @Test
  void walk_anotherClassThanTheInternet_isNeverListed() {
    TestMessage response =
        TestMessage.response("listed.test. TXT CH").answer("listed.test. 0 CH TXT hello");

    ResponseFacts facts = walk.walk(response.buffer(), name -> true);

    assertThat(facts).isNotNull();
    assertThat(facts.mentionsListed()).isFalse();
  }

  private static boolean isListed(WireName name) {
    return name.toDomainName().toString().equals("listed.test");
  }

  private static List<String> chain(int length) {
    List<String> records = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      records.add("n" + i + ".test. 300 IN CNAME n" + (i + 1) + ".test.");
    }
    records.add("n" + length + ".test. 300 IN A 203.0.113.1");
    return records;
  }

  private static String[] strings(List<String> records) {
    return Arrays.copyOf(records.toArray(), records.size(), String[].class);
  }
}
