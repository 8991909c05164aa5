package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One daemon after, beside and instead of another, while the LAN goes on. */
@Tag("netns")
class CleanStopTest {
  private static final int NAMES = 100;
  private static final int DOWNLOADS = 4;

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(NAMES);
    client = lab.host(Lab.CLIENT2);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  /** Also with a second one that wants the same table. */
  @Test
  void stopUnderLoad_keepsTableAndDownloadsAndTheGuardGoes() {
    Dotp dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    Load load = Load.start(lab, NAMES, 0, 300, DOWNLOADS);
    Host.Flow quiet = client.open(client.ask("www.example.com", "A").address());
    load.awaitConnections(600);
    Patience.until(() -> tables().contains("dotp_guard"), this::tables);
    long begin = System.nanoTime();
    Dotp second = lab.dotp(lab.directory().resolve("other"), Dotp.FOR_A_GREEDY_CLIENT);
    assertThat(second.awaitExit()).isNotZero();
    long refused = System.nanoTime();
    String declared = declarations();
    Map<String, String> before = lab.kernel().mappings();

    long stopped = System.nanoTime();
    dotp.terminate();
    assertThat(dotp.awaitExit()).as(dotp.log()).isZero();
    long ended = System.nanoTime();

    System.out.println(
        "second start refused after "
            + (refused - begin) / 1_000_000
            + " ms, stopped under load within "
            + (ended - stopped) / 1_000_000
            + " ms");
    assertThat(tables()).contains("inet dotp").doesNotContain("dotp_guard");
    assertThat(declarations()).isEqualTo(declared);
    assertThat(lab.kernel().mappings()).containsAllEntriesOf(before);
    assertThat(quiet.isAlive()).isTrue();
    lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    assertThat(lab.kernel().mappings()).containsAllEntriesOf(before);
    Tally tally = load.awaitConnections(600);
    System.out.println("load over stop and start: " + tally);
    assertThat(quiet.isAlive()).isTrue();
    assertThat(tally.of("broken-downloads")).isZero();
    assertThat(tally.of("downloads")).isEqualTo(DOWNLOADS);
    assertThat(tally.of("violations")).isZero();
    assertThat(tally.of("wrong-answers")).isZero();
    assertThat(tally.of("refused")).isZero();
    assertThat(tally.of("unreachable")).isZero();
  }

  @Test
  void tableOfLayout1_isMadeAnewUnderAFlowThatGoesOn() {
    String file = Path.of("test-fixtures/nft/layout-1.nft").toAbsolutePath().toString();
    lab.kernel().nft("-f", file);
    add("nat_map", "198.18.0.77 : 203.0.113.10");
    add("nat_addr", "203.0.113.10");
    Host.Flow flow = client.open("198.18.0.77");
    assertThat(flow.real()).isEqualTo("203.0.113.10");

    lab.dotp(Dotp.USUAL).awaitAnswers(client);

    assertThat(declarations()).contains("comment \"dotp ").doesNotContain("comment \"dotp 1\"");
    assertThat(flow.isAlive()).isTrue();
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo("198.18.0.77");
    assertThat(client.reach("198.18.0.77")).isEqualTo("203.0.113.10");
    assertThat(lab.kernel().pairs("nat_map")).isEqualTo(Map.of("198.18.0.77", "203.0.113.10"));
  }

  /** As good as a lost capability: the kernel refuses with EPERM, and then does not any more. */
  @Test
  void tableOwnedByAnotherProcess_isServfailUntilThatEnds() {
    Dotp dotp = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();
    String seize =
        "(echo 'delete table inet dotp; add table inet dotp { comment \"dotp 2\"; flags owner; }'; sleep 600) | nft -i";
    lab.script("start", Lab.GATEWAY, "owner", "sh", "-c", seize).expectSuccess();

    Patience.until(() -> rcode("www.example.com").equals("SERVFAIL"), dotp::log);
    assertThat(rcode("api.example.com")).isEqualTo("SERVFAIL");
    assertThat(client.ask("www.plain.example.net", "A").address()).isEqualTo("203.0.113.40");
    assertThat(declarations()).contains("flags owner");

    for (String pid : lab.run(Lab.GATEWAY, "sh", "-c", PIDS).out().strip().split("\\s+")) {
      lab.run(Lab.GATEWAY, "kill", pid).expectSuccess();
    }
    Patience.until(() -> rcode("www.example.com").equals("NOERROR"), dotp::log);
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo(fake);
    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    assertThat(Dotp.number(dotp.status(), "bugs")).isZero();
  }

  /** The nft of this lab's gateway and of no other. */
  private static final String PIDS =
      "for p in $(ip netns pids \"$(ip netns identify $$)\"); do"
          + " [ \"$(cat /proc/$p/comm)\" = nft ] && echo $p; done; true";

  private String rcode(String name) {
    return client.ask(name, "A").rcode();
  }

  private void add(String set, String element) {
    lab.kernel().nft("add", "element", "inet", "dotp", set, "{ " + element + " }");
  }

  private String tables() {
    return lab.kernel().nft("list", "tables");
  }

  private String declarations() {
    return lab.kernel().nft("-s", "-t", "list", "table", "inet", "dotp");
  }
}
