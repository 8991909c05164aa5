package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon that is killed at any instant, with a journal, and what its successor knows. */
@Tag("netns")
@Tag("long")
class KillTest {
  private static final int NAMES = 200;
  private static final int FLOWS = 10;

  private Lab lab;
  private Host client;
  private Path state;

  @BeforeEach
  void start() {
    lab = Lab.up(NAMES);
    client = lab.host(Lab.CLIENT);
    state = lab.directory().resolve("state");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private Dotp dotp(String pool, String... more) {
    List<String> words = new ArrayList<>(List.of("-H", Lab.GATEWAY_LAN, "-d", "example.com"));
    words.addAll(List.of("-4", pool, "-6", "2001:2:0:d07::/64"));
    words.addAll(List.of("--upstream-host", Lab.UPSTREAM_DNS));
    words.addAll(List.of("--max-fakes-per-client", "0", "--max-pool-share", "100"));
    words.addAll(List.of(more));
    return lab.dotp(state, words.toArray(new String[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"netlink", "libnftables"})
  void killedAtRandomInstants_noFakePointsElsewhereAndFlowsLive(String backend) {
    killAtRandom(backend, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"netlink", "libnftables"})
  @Tag("full")
  void killedAtFiftyRandomInstants_noFakePointsElsewhereAndFlowsLive(String backend) {
    killAtRandom(backend, 50);
  }

  /** 200 names in a pool of 254: a fake depends on what was mapped before it. */
  private void killAtRandom(String backend, int times) {
    String[] more = {"--nft-backend", backend};
    Random random = new Random(times);
    Dotp dotp = dotp("198.18.7.0/24", more).awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();
    awaitJournal("www");
    Oracle oracle = Oracle.startCalmly(lab, NAMES);
    oracle.awaitConnections(200);
    List<Long> readyMillis = new ArrayList<>();

    for (int i = 0; i < times; i++) {
      Map<String, String> before = lab.kernel().mappings();
      pause(random.nextInt(500));
      dotp.kill();
      if (i % 2 == 1) {
        // In the middle of a start as well.
        dotp = dotp("198.18.7.0/24", more);
        pause(random.nextInt(1200));
        dotp.kill();
      }
      long begin = System.nanoTime();
      dotp = dotp("198.18.7.0/24", more).awaitAnswers(client);
      readyMillis.add((System.nanoTime() - begin) / 1_000_000);
      assertThat(lab.kernel().mappings()).as("start " + i).containsAllEntriesOf(before);
      assertThat(client.namesOf(fake)).as("start " + i).containsExactly("www.example.com.");
      oracle.awaitConnections(50);
    }

    Tally tally = oracle.report();
    System.out.println(backend + " after " + times + " kills: " + tally + " ready " + readyMillis);
    assertThat(tally.of("violations")).isZero();
    assertThat(tally.of("refused")).isZero();
    assertThat(tally.of("timeouts")).isZero();
    assertThat(tally.of("broken-connections")).isZero();
    assertThat(tally.of("broken-flows")).isZero();
    assertThat(tally.of("flows")).isEqualTo(FLOWS);
    assertThat(Dotp.number(dotp.status(), "bugs")).isZero();
  }

  private static void pause(int millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void awaitJournal(String label) {
    Journals.awaitName(state, label);
  }

  /** An element in a second place stands for a lease that has moved; the first place rests. */
  @Test
  void fakeAtRest_daemonKilled_goesToNobodyElse() {
    Dotp dotp = dotp("198.18.7.0/28").awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();
    awaitJournal("www");
    dotp.kill();
    String other = fake.equals("198.18.7.9") ? "198.18.7.10" : "198.18.7.9";
    lab.kernel().nft("delete", "element", "inet", "dotp", "nat_map", "{ " + fake + " }");
    lab.kernel()
        .nft("add", "element", "inet", "dotp", "nat_map", "{ " + other + " : 203.0.113.10 }");
    dotp = dotp("198.18.7.0/28").awaitAnswers(client);
    assertThat(Dotp.number(dotp.status(), "ipv4-quarantined")).isEqualTo(1);
    dotp.kill();

    dotp = dotp("198.18.7.0/28").awaitAnswers(client);

    assertThat(Dotp.number(dotp.status(), "ipv4-quarantined")).isEqualTo(1);
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo(other);
    assertThat(fill(14)).hasSize(12).doesNotContain(fake, other);
  }

  /** The same with a lease that runs out, which takes as long as the shortest lease. */
  @Test
  @Tag("full")
  void fakeWhoseLeaseIsOver_daemonKilled_goesToNobodyElse() {
    Dotp dotp = dotp("198.18.7.0/28", "--nat-ttl", "90").awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();
    Dotp first = dotp;
    Patience.until(
        () -> Dotp.number(first.status(), "ipv4-quarantined") == 1,
        java.time.Duration.ofMinutes(5),
        first::log);
    dotp.kill();

    dotp = dotp("198.18.7.0/28", "--nat-ttl", "90").awaitAnswers(client);

    assertThat(Dotp.number(dotp.status(), "ipv4-quarantined")).isEqualTo(1);
    assertThat(fill(16)).hasSize(13).doesNotContain(fake);
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo(fake);
  }

  /** Asks for so many names and returns the fakes of those that got one. */
  private Set<String> fill(int names) {
    Set<String> fakes = new TreeSet<>();
    for (int i = 0; i < names; i++) {
      Answer answer = client.ask(BulkNames.name(i), "A");
      if (!answer.addresses().isEmpty()) {
        fakes.add(answer.address());
      }
    }
    return fakes;
  }

  /** What a reboot leaves: the disk, and clients with caches. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void reboot_cachedFakesWorkAgain(String signal) {
    Dotp dotp = dotp("198.18.0.0/15").awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();
    String fake6 = client.ask("www.example.com", "AAAA").address();
    awaitJournal("www");
    dotp.signal(signal);
    dotp.awaitExit();
    lab.kernel().nft("flush", "ruleset");

    dotp("198.18.0.0/15").awaitAnswers(client);

    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    assertThat(client.reach(fake6)).isEqualTo("2001:db8:f::10");
    assertThat(client.namesOf(fake)).containsExactly("www.example.com.");
    assertThat(lab.kernel().mappings()).hasSize(2);
  }
}
