package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever dies, a fake never leads to a server that its name never had. */
@Tag("netns")
@Tag("long")
class OracleTest {
  /*
   * 200 names in a pool of 254 addresses: fakes collide all the time, so the fake of a name depends on
   * what was mapped before it. A daemon that starts without what an earlier one knew, or without its
   * pool key, would give the same fakes to other names, and the oracle would notice.
   */
  private static final int NAMES = 200;

  private static final String[] NARROW = {
    "-H",
    Lab.GATEWAY_LAN,
    "-d",
    "example.com",
    "-4",
    "198.18.7.0/24",
    "-6",
    "2001:2:0:d07::/64",
    "--upstream-host",
    Lab.UPSTREAM_DNS
  };

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(NAMES);
    client = lab.host(Lab.CLIENT);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  /** The oracle itself: it must see what it is there to see. */
  @Test
  void oracle_fakeMadeToPointElsewhere_isAViolation() {
    Dotp dotp = lab.dotp(NARROW).awaitAnswers(client);
    Oracle oracle = Oracle.start(lab, NAMES);
    oracle.awaitConnections(500);
    assertThat(oracle.report().of("violations")).isZero();
    Map.Entry<String, String> victim = lab.kernel().pairs("nat_map").entrySet().iterator().next();

    dotp.signal("STOP");
    String fake = victim.getKey();
    lab.kernel().nft("delete", "element", "inet", "dotp", "nat_map", "{ " + fake + " }");
    lab.kernel()
        .nft("add", "element", "inet", "dotp", "nat_map", "{ " + fake + " : 203.0.113.99 }");

    Patience.until(() -> oracle.report().of("violations") > 0, () -> "blind: " + oracle.report());
  }

  @Test
  void killedThreeTimesUnderLoad_noFakePointsElsewhere() {
    killUnderLoad(3);
  }

  @Test
  @Tag("full")
  void killedTwentyTimesUnderLoad_noFakePointsElsewhere() {
    killUnderLoad(20);
  }

  private void killUnderLoad(int times) {
    Dotp dotp = lab.dotp(stateDirectory(0), NARROW).awaitAnswers(client);
    Oracle oracle = Oracle.start(lab, NAMES);
    oracle.awaitConnections(500);
    List<Long> readyMillis = new ArrayList<>();

    for (int i = 1; i <= times; i++) {
      Map<String, String> before = lab.kernel().mappings();
      dotp.kill();
      long killed = System.nanoTime();
      dotp = lab.dotp(stateDirectory(i), NARROW).awaitAnswers(client);
      readyMillis.add((System.nanoTime() - killed) / 1_000_000);
      Map<String, String> after = lab.kernel().mappings();
      assertThat(after).as("restart " + i).containsAllEntriesOf(before);
      oracle.awaitConnections(300);
    }

    Tally tally = oracle.report();
    System.out.println(
        "oracle after " + times + " kills: " + tally + " ready=" + readyMillis + " ms");
    assertThat(tally.of("violations")).isZero();
    assertThat(tally.of("refused")).isZero();
    assertThat(tally.of("timeouts")).isZero();
    assertThat(tally.of("broken-connections")).isZero();
    assertThat(tally.of("broken-flows")).isZero();
    assertThat(tally.of("flows")).isEqualTo(10);
    assertThat(tally.of("answers")).isPositive();
    assertThat(dotp.status()).isNotEmpty();
  }

  /** A fresh one each second time: what is in the kernel must be enough. */
  private Path stateDirectory(int start) {
    return lab.directory().resolve("state" + (start + 1) / 2);
  }

  @Test
  void stoppedAndStartedUnderLoad_noFakePointsElsewhereAndFlowsGoOn() {
    Dotp dotp = lab.dotp(NARROW).awaitAnswers(client);
    Oracle oracle = Oracle.start(lab, NAMES);
    oracle.awaitConnections(500);

    dotp.terminate();
    assertThat(dotp.awaitExit()).as(dotp.log()).isZero();
    oracle.awaitConnections(300);
    lab.dotp(NARROW).awaitAnswers(client);
    oracle.awaitConnections(300);

    Tally tally = oracle.report();
    assertThat(tally.of("violations")).isZero();
    assertThat(tally.of("refused")).isZero();
    assertThat(tally.of("broken-flows")).isZero();
    assertThat(tally.of("flows")).isEqualTo(10);
  }
}
