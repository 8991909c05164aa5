package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Section;

/** Start, stop, restart, detach, and a pool that is used up. */
@Tag("netns")
class LifeCycleTest {
  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(50);
    client = lab.host(Lab.CLIENT);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void signal_withQueriesUnderWay_answersThemAndEndsWith0(String signal) {
    slowUpstream("400");
    Dotp dotp =
        lab.dotp(
                "-H",
                Lab.GATEWAY_LAN,
                "-d",
                "example.com",
                "-4",
                "198.18.0.0/15",
                "--upstream-host",
                "192.0.2.3")
            .awaitAnswers(client, 2_000);
    Host.Flow flow = client.open(client.ask("www.example.com", "A").address());
    long before = Dotp.number(dotp.status(), "queries");
    List<Host.Asked> asked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      asked.add(client.send(Question.of(BulkNames.name(i), "A")));
    }
    // What a socket still holds was never taken in.
    Patience.until(() -> Dotp.number(dotp.status(), "queries") >= before + 20, dotp::log);

    dotp.signal(signal);

    for (int i = 0; i < 20; i++) {
      String fake = asked.get(i).receive().address();
      assertThat(client.reach(fake)).isEqualTo(BulkNames.real(i, false));
    }
    assertThat(dotp.awaitExit()).as(dotp.log()).isZero();
    assertThat(flow.real()).isEqualTo("203.0.113.10");
    assertThat(flow.isAlive()).isTrue();
  }

  @Test
  void kill_thenStart_adoptsEveryMappingAndKeepsFlows() {
    Dotp first = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();
    String fake6 = client.ask("www.example.com", "AAAA").address();
    Host.Flow flow = client.open(fake);
    Host.Flow flow6 = client.open(fake6);
    first.kill();
    Map<String, String> orphans = lab.kernel().mappings();
    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");

    Dotp second = lab.dotp(Dotp.USUAL).awaitAnswers(client);

    assertThat(lab.kernel().mappings()).isEqualTo(orphans);
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo(fake);
    assertThat(client.ask("www.example.com", "AAAA").address()).isEqualTo(fake6);
    assertThat(flow.isAlive()).isTrue();
    assertThat(flow6.isAlive()).isTrue();
    assertThat(Dotp.number(second.status(), "ipv4-live")).isEqualTo(1);
  }

  @Test
  void elementsOutsideThePools_areRemovedAtTheStart() {
    Dotp first = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();
    first.kill();
    lab.kernel().nft("add", "element", "inet", "dotp", "nat_map", "{ 10.1.1.1 : 203.0.113.77 }");

    Dotp second = lab.dotp(Dotp.USUAL).awaitAnswers(client);

    assertThat(lab.kernel().pairs("nat_map")).isEqualTo(Map.of(fake, "203.0.113.10"));
    assertThat(second.isAlive()).isTrue();
  }

  @Test
  void otherTables_areLeftAlone() {
    String before = lab.kernel().nft("list", "table", "inet", "uplink");

    Dotp dotp = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    dotp.terminate();
    dotp.awaitExit();

    assertThat(lab.kernel().nft("list", "table", "inet", "uplink")).isEqualTo(before);
    assertThat(lab.kernel().nft("list", "tables")).contains("inet dotp");
  }

  @Test
  void fullPool_isServfailAndTheFirstOnesStay() {
    lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/30",
            "--upstream-host",
            Lab.UPSTREAM_DNS)
        .awaitAnswers(client);
    String first = client.ask("www.example.com", "A").address();
    String second = client.ask("api.example.com", "A").address();
    Map<String, String> mappings = lab.kernel().mappings();

    Answer third = client.ask("v4only.example.com", "A");

    assertThat(third.rcode()).isEqualTo("SERVFAIL");
    assertThat(third.extendedErrors()).isNotEmpty();
    assertThat(third.addresses()).isEmpty();
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo(first);
    assertThat(client.ask("api.example.com", "A").address()).isEqualTo(second);
    assertThat(lab.kernel().mappings()).isEqualTo(mappings);
    assertThat(client.ask("www.plain.example.net", "A").address()).isEqualTo("203.0.113.40");
  }

  @Test
  void familyWithoutAPool_isNoDataAndTheOtherWorks() {
    lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/15",
            "--upstream-host",
            Lab.UPSTREAM_DNS)
        .awaitAnswers(client);

    Answer answer = client.ask("www.example.com", "AAAA");

    assertThat(answer.rcode()).isEqualTo("NOERROR");
    assertThat(answer.records(Section.ANSWER)).isEmpty();
    assertThat(answer.records(Section.AUTHORITY).get(0)).contains("SOA");
    assertThat(client.reach(client.ask("www.example.com", "A").address()))
        .isEqualTo("203.0.113.10");
    assertThat(client.ask("www.plain.example.net", "AAAA").address()).isEqualTo("2001:db8:f::40");
  }

  @Test
  void dryRun_answersAndTouchesNothing() {
    Dotp dotp = lab.dotp(plus(Dotp.USUAL, "--dry-run")).awaitAnswers(client);

    String fake = client.ask("www.example.com", "A").address();

    assertThat(fake).startsWith("198.1");
    assertThat(lab.kernel().nft("list", "tables")).doesNotContain("dotp");
    assertThat(dotp.log()).contains(fake);
  }

  @Test
  void daemonize_returnsWhenDnsIsAnswered() {
    Finished parent = lab.run(Lab.GATEWAY, daemonized(Dotp.USUAL));

    assertThat(parent.code()).as(parent.text()).isZero();
    assertThat(client.ask("www.plain.example.net", "A").address()).isEqualTo("203.0.113.40");
    long daemon = daemonPid();
    assertThat(lab.run(Lab.GATEWAY, "kill", Long.toString(daemon)).code()).isZero();
    Patience.until(() -> !ProcessHandle.of(daemon).isPresent(), () -> "the daemon stays");
  }

  @Test
  void daemonize_thatCannotStart_returnsTheChildsCode() {
    Dotp first = lab.dotp(Dotp.USUAL).awaitAnswers(client);

    Finished parent = lab.run(Lab.GATEWAY, daemonized(plus(Dotp.USUAL, "--nft-table", "other")));

    assertThat(parent.code()).as(parent.text()).isEqualTo(2);
    assertThat(parent.err()).contains("in use");
    assertThat(first.isAlive()).isTrue();
  }

  private String[] daemonized(String[] arguments) {
    String[] all =
        plus(
            arguments,
            "--daemonize",
            "--state-dir",
            lab.directory().resolve("daemon-state").toString());
    return Dotp.launcher(Arrays.asList(all)).toArray(new String[0]);
  }

  private long daemonPid() {
    String pids =
        lab.run(
                Lab.GATEWAY,
                "sh",
                "-c",
                "ss -Hlnup sport = :53 | sed -n 's/.*pid=\\([0-9]*\\).*/\\1/p'")
            .out();
    return Long.parseLong(pids.lines().findFirst().orElseThrow());
  }

  private void slowUpstream(String millis) {
    List<String> command = new ArrayList<>(List.of("start", Lab.UPSTREAM, "slow-dns"));
    command.addAll(
        TestProgram.commandLine(
            SlowUpstream.class, List.of("192.0.2.3", Lab.UPSTREAM_DNS, millis)));
    lab.script(command.toArray(new String[0])).expectSuccess();
    Patience.until(
        () ->
            client.tryAsk(Question.of("www.plain.example.net", "A").to("192.0.2.3"))
                instanceof Answer,
        () -> "no slow upstream");
  }

  private static String[] plus(String[] arguments, String... more) {
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }
}
