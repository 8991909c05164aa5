package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Routes for certain clients, and what routes do besides steering; through a whole daemon. */
class ClientRoutesTest {
  private static final String MEMBER = "127.0.0.2";
  private static final String MEMBER6 = "::1";
  private static final String GUEST = "127.0.0.3";

  private static final String ROUTES =
      """
      [[route]]
      name = "office"
      domain = "one.org"
      clients = ["127.0.0.2", "::1"]
      ipv4-prefix = "198.18.0.0/24"
      ipv6-prefix = "2001:2:0:1::/64"
      fake-ttl = 20

      [[route]]
      name = "inside"
      domain = "inside.org"
      clients = ["127.0.0.2"]
      upstream-host = "@other"
      ipv4-prefix = "198.18.1.0/24"

      [[route]]
      name = "all"
      domain = ["two.org", "shared.one.org"]
      ipv4-prefix = "198.18.2.0/24"
      fake-ttl = 10

      [[route]]
      name = "exception"
      domain = ["full:www.two.org", "regexp:^api[0-9]+[.]two[.]org$"]
      treatment = "pass"

      [[route]]
      name = "ads"
      domain = ["ads.org", "keyword:tracker"]
      treatment = "refuse"

      [[route]]
      name = "quiet"
      domain = ["quiet.org", "box.lan.test"]
      treatment = "refuse"
      rcode = "nodata"

      [[route]]
      name = "children"
      domain = "games.org"
      clients = "127.0.0.2"
      treatment = "refuse"
      rcode = "refused"
      """;

  @TempDir Path stateDir;
  private LoopbackDaemon loopback;

  @BeforeEach
  void start() throws Exception {
    loopback = new LoopbackDaemon(List.of("--host", "::1"), ROUTES, stateDir);
    script("www.one.org", "A", "www.one.org. 300 IN A 203.0.113.1");
    script("www.one.org", "AAAA", "www.one.org. 300 IN AAAA 2001:db8:1::1");
    script("games.org", "A", "games.org. 300 IN A 203.0.113.9");
    script(
        "alias.one.org",
        "A",
        "alias.one.org. 300 IN CNAME edge.cdn.org.",
        "edge.cdn.org. 300 IN A 203.0.113.3");
    script("edge.cdn.org", "A", "edge.cdn.org. 300 IN A 203.0.113.3");
  }

  @AfterEach
  void stop() throws IOException {
    loopback.close();
  }

  private void script(String name, String type, String... records) {
    script(loopback.upstream(), name, type, records);
  }

  private static void script(
      ScriptedUpstream upstream, String name, String type, String... records) {
    Map<String, List<String>> details = new LinkedHashMap<>();
    details.put("ANSWER", List.of(records));
    upstream.answer(
        ScriptedUpstream.question(name, type),
        new Scenario.Step(0, "UPSTREAM", List.of(), details));
  }

  private Message ask(String client, String name, String type) throws IOException {
    Record question = Record.newRecord(Name.fromString(name + "."), Type.value(type), DClass.IN);
    Message query = Message.newQuery(question);
    query.addRecord(new org.xbill.DNS.OPTRecord(1232, 0, 0, 0), Section.ADDITIONAL);
    byte[] answer = loopback.client(client).ask(query.toWire(), false);
    return new Message(Objects.requireNonNull(answer, name));
  }

  /** The data of the last record of the answer. */
  private String last(String client, String name, String type) throws IOException {
    List<Record> records = ask(client, name, type).getSection(Section.ANSWER);
    return records.isEmpty() ? "none" : records.get(records.size() - 1).rdataToString();
  }

  @ParameterizedTest
  @CsvSource({MEMBER + "," + GUEST, GUEST + "," + MEMBER, MEMBER6 + "," + GUEST})
  void clients_oneInTheRouteAndOneNot_eachGetsItsOwnInEitherOrder(String first, String second)
      throws Exception {
    for (int round = 0; round < 3; round++) {
      for (String client : List.of(first, second)) {
        boolean member = !client.equals(GUEST);
        assertThat(last(client, "www.one.org", "A"))
            .as(client)
            .matches(member ? "198[.]18[.]0[.].*" : "203[.]0[.]113[.]1");
        assertThat(last(client, "www.one.org", "AAAA"))
            .as(client)
            .startsWith(member ? "2001:2:0:1:" : "2001:db8:1:");
      }
    }
    assertThat(loopback.upstream().asked("www.one.org. A")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({MEMBER + "," + GUEST, GUEST + "," + MEMBER})
  void clients_throughAliases_eachKeepsItsOwn(String first, String second) throws Exception {
    for (int round = 0; round < 2; round++) {
      for (String client : List.of(first, second)) {
        String right = client.equals(MEMBER) ? "198[.]18[.]0[.].*" : "203[.]0[.]113[.]3";
        assertThat(last(client, "alias.one.org", "A")).as(client).matches(right);
        assertThat(last(client, "edge.cdn.org", "A")).as(client).matches(right);
      }
    }
  }

  @Test
  void clients_aliasTargetWasAskedByAGuestFirst_isSteeredForMembersAlone() throws Exception {
    assertThat(last(GUEST, "edge.cdn.org", "A")).isEqualTo("203.0.113.3");
    assertThat(last(MEMBER, "edge.cdn.org", "A")).isEqualTo("203.0.113.3");

    String fake = last(MEMBER, "alias.one.org", "A");

    assertThat(last(MEMBER, "edge.cdn.org", "A")).isEqualTo(fake);
    assertThat(last(MEMBER6, "edge.cdn.org", "A")).isEqualTo(fake);
    assertThat(last(GUEST, "edge.cdn.org", "A")).isEqualTo("203.0.113.3");
    assertThat(last(GUEST, "alias.one.org", "A")).isEqualTo("203.0.113.3");
    assertThat(last(MEMBER, "edge.cdn.org", "A")).isEqualTo(fake);
  }

  @Test
  void clients_onePendingQueryForBoth_getDifferentAnswers() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    loopback.upstream().hold(open);
    ExecutorService clients = Executors.newFixedThreadPool(2);
    try {
      Future<String> guest = clients.submit(() -> last(GUEST, "www.one.org", "A"));
      Future<String> member = clients.submit(() -> last(MEMBER, "www.one.org", "A"));
      while (!loopback.daemon().status().startsWith("queries=2 ")) {
        LockSupport.parkNanos(1_000_000);
      }
      open.countDown();

      assertThat(guest.get()).isEqualTo("203.0.113.1");
      assertThat(member.get()).startsWith("198.18.0.");
      assertThat(loopback.upstream().asked("www.one.org. A")).isEqualTo(1);
    } finally {
      open.countDown();
      clients.shutdown();
    }
  }

  @Test
  void clients_routeWithServersOfItsOwn_areAskedForMembersAlone() throws Exception {
    script("www.inside.org", "A", "www.inside.org. 300 IN A 203.0.113.5");
    script(loopback.other(), "www.inside.org", "A", "www.inside.org. 300 IN A 10.9.0.5");

    for (int round = 0; round < 2; round++) {
      assertThat(last(GUEST, "www.inside.org", "A")).isEqualTo("203.0.113.5");
      assertThat(last(MEMBER, "www.inside.org", "A")).startsWith("198.18.1.");
    }

    assertThat(loopback.mapping("10.9.0.5", "inside")).isNotNull();
    assertThat(loopback.other().asked("www.inside.org. A")).isEqualTo(1);
    assertThat(loopback.upstream().asked("www.inside.org. A")).isEqualTo(1);
  }

  @Test
  void clients_longestNameIsOfAnotherRoute_bothGetFakes() throws Exception {
    script("shared.one.org", "A", "shared.one.org. 300 IN A 203.0.113.7");

    assertThat(last(MEMBER, "shared.one.org", "A")).startsWith("198.18.2.");
    assertThat(last(GUEST, "shared.one.org", "A")).startsWith("198.18.2.");
  }

  @Test
  void fakeTtl_ofTheRoute_isTheLimitAlsoOfRepeatedAnswers() throws Exception {
    script("x.two.org", "A", "x.two.org. 300 IN A 203.0.113.8");
    for (int i = 0; i < 2; i++) {
      assertThat(ask(MEMBER, "www.one.org", "A").getSection(Section.ANSWER).get(0).getTTL())
          .isEqualTo(20);
      assertThat(ask(MEMBER, "x.two.org", "A").getSection(Section.ANSWER).get(0).getTTL())
          .isEqualTo(10);
    }
    assertThat(ask(GUEST, "www.one.org", "A").getSection(Section.ANSWER).get(0).getTTL())
        .isGreaterThan(200);
  }

  @Test
  void pass_insideABroaderRoute_isTheRealAnswerUntouched() throws Exception {
    script(
        "www.two.org", "A", "www.two.org. 300 IN CNAME far.org.", "far.org. 300 IN A 203.0.113.2");
    script("x.www.two.org", "A", "x.www.two.org. 300 IN A 203.0.113.2");
    script("api7.two.org", "A", "api7.two.org. 300 IN A 203.0.113.2");
    script(
        "to.two.org",
        "A",
        "to.two.org. 300 IN CNAME www.two.org.",
        "www.two.org. 300 IN A 203.0.113.2");

    Message passed = ask(MEMBER, "www.two.org", "A");

    assertThat(passed.getSection(Section.ANSWER).toString()).contains("203.0.113.2", "\t300\t");
    assertThat(passed.getOPT().getOptions()).isEmpty();
    assertThat(last(MEMBER, "api7.two.org", "A"))
        .as("a suffix beats an expression")
        .startsWith("198.18.2.");
    assertThat(last(MEMBER, "x.www.two.org", "A")).startsWith("198.18.2.");
    assertThat(last(MEMBER, "to.two.org", "A"))
        .as("passed beats inherited")
        .isEqualTo("203.0.113.2");
    assertThat(last(MEMBER, "www.two.org", "A")).as("and remembered").isEqualTo("203.0.113.2");
  }

  @ParameterizedTest
  @CsvSource({
    "www.ads.org,     A,     NXDOMAIN",
    "www.ads.org,     HTTPS, NXDOMAIN",
    "ads.org,         MX,    NXDOMAIN",
    "a-tracker-x.net, AAAA,  NXDOMAIN",
    "quiet.org,       A,     NOERROR",
    "quiet.org,       TXT,   NOERROR",
    "games.org,       A,     REFUSED",
  })
  void refuse_name_getsTheRcodeAndAReasonAndNobodyIsAsked(String name, String type, String rcode)
      throws Exception {
    Message answer = ask(MEMBER, name, type);

    assertThat(Rcode.string(answer.getRcode())).isEqualTo(rcode);
    assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
    assertThat(answer.getSection(Section.ANSWER)).isEmpty();
    assertThat(answer.getSection(Section.AUTHORITY)).hasSize(rcode.equals("REFUSED") ? 0 : 1);
    assertThat(answer.getOPT().getOptions())
        .singleElement()
        .isInstanceOfSatisfying(
            ExtendedErrorCodeOption.class,
            ede -> {
              assertThat(ede.getErrorCode()).isEqualTo(15);
              assertThat(ede.getText()).startsWith("refused here by policy, route ");
            });
    assertThat(loopback.upstream().asked(name + ". " + type)).isZero();
  }

  @Test
  void refuse_forCertainClients_othersGetTheRealAnswer() throws Exception {
    assertThat(ask(MEMBER, "games.org", "A").getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(last(GUEST, "games.org", "A")).isEqualTo("203.0.113.9");
    assertThat(ask(MEMBER, "games.org", "A").getRcode()).isEqualTo(Rcode.REFUSED);
  }

  @Test
  void reload_clientsTreatmentRcodeAndTtl_takeEffectForWhatIsCachedToo() throws Exception {
    String fake = last(MEMBER, "www.one.org", "A");
    assertThat(last(GUEST, "games.org", "A")).isEqualTo("203.0.113.9");
    loopback.configure(
        ROUTES
            .replace("[\"127.0.0.2\", \"::1\"]", "\"127.0.0.3\"")
            .replace("fake-ttl = 20", "fake-ttl = 5")
            .replace(
                "clients = \"127.0.0.2\"\ntreatment = \"refuse\"\nrcode = \"refused\"",
                "treatment = \"refuse\""));

    assertThat(loopback.reload("--host", "::1")).isTrue();

    assertThat(last(MEMBER, "www.one.org", "A")).isEqualTo("203.0.113.1");
    Message steered = ask(GUEST, "www.one.org", "A");
    assertThat(steered.getSection(Section.ANSWER).get(0).rdataToString()).isEqualTo(fake);
    assertThat(steered.getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(5);
    assertThat(ask(GUEST, "games.org", "A").getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void reload_routeBecomesARefusal_andIsSteeredAgainAfterwards() throws Exception {
    String fake = last(MEMBER, "www.one.org", "A");
    String refusing =
        ROUTES.replace(
            "ipv4-prefix = \"198.18.0.0/24\"\nipv6-prefix = \"2001:2:0:1::/64\"\nfake-ttl = 20",
            "treatment = \"refuse\"");
    loopback.configure(refusing);

    assertThat(loopback.reload("--host", "::1")).isTrue();
    assertThat(ask(MEMBER, "www.one.org", "A").getRcode()).isEqualTo(Rcode.NXDOMAIN);
    loopback.configure(ROUTES);
    assertThat(loopback.reload("--host", "::1")).isTrue();

    assertThat(last(MEMBER, "www.one.org", "A")).isEqualTo(fake);
    assertThat(last(GUEST, "www.one.org", "A")).isEqualTo("203.0.113.1");
  }
}
