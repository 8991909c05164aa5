package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SIGHUP: the files of the command line are read again, and no query is the worse for it. */
@Tag("netns")
class SighupTest {
  private static final String PLAIN = "www.plain.example.net";
  private static final String PLAIN_REAL = "203.0.113.40";
  private static final String POOL = "-4 198.18.0.0/15";
  private static final String LISTED = "-d example.com";
  private static final int BULK = 60;
  private static final int RELOADS = 20;

  private Lab lab;
  private Host client;
  private Dotp dotp;
  private Path flags;
  private Path hosts;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.up(BULK);
    client = lab.host(Lab.CLIENT);
    flags = lab.directory().resolve("flags");
    hosts = lab.directory().resolve("hosts");
    Files.writeString(hosts, "");
    write(LISTED, POOL);
    dotp = started();
  }

  private Dotp started() {
    return lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "--upstream-host",
            Lab.UPSTREAM_DNS,
            "-6",
            "2001:2:0:d07::/64",
            "--hosts-file",
            hosts.toString(),
            "@" + flags)
        .awaitAnswers(client);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private void write(String... lines) throws IOException {
    Files.write(flags, List.of(lines));
  }

  /** Waits until as many reloads have ended in this way. */
  private void hangUp(String counter) {
    long before = Dotp.number(dotp.status(), counter);
    dotp.signal("HUP");
    Patience.until(() -> Dotp.number(dotp.status(), counter) > before, dotp::log);
  }

  private void hangUp() {
    hangUp("reloads");
  }

  private String ask(String name) {
    return client.ask(name, "A").address();
  }

  @Test
  void names_addedAndRemoved_followAtOnce() throws IOException {
    assertThat(ask(PLAIN)).isEqualTo(PLAIN_REAL);

    Files.writeString(hosts, "192.0.2.77 box.example.net\n");
    write(LISTED, "-d plain.example.net", POOL, "--nat-ttl 200");
    hangUp();
    String fake = ask(PLAIN);

    assertThat(fake).startsWith("198.");
    assertThat(client.reach(fake)).isEqualTo(PLAIN_REAL);
    assertThat(ask("box.example.net")).isEqualTo("192.0.2.77");
    assertThat(dotp.log()).contains("until a restart flags=\"--nat-ttl\"");

    write(LISTED, POOL);
    hangUp();

    assertThat(ask(PLAIN)).isEqualTo(PLAIN_REAL);
    assertThat(client.reach(fake)).as("drains").isEqualTo(PLAIN_REAL);
    assertThat(ask("www.example.com")).startsWith("198.");
  }

  @Test
  void pool_exchangedAndDaemonKilled_oldFakesWorkOn() throws IOException {
    String fake = ask("www.example.com");
    Host.Flow flow = client.open(fake);
    write(LISTED, "-4 100.64.0.0/15");
    hangUp();
    String fresh = ask("www.example.com");

    dotp.kill();
    dotp = started();

    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    assertThat(ask("www.example.com")).isEqualTo(fresh);
    assertThat(client.reach(fresh)).isEqualTo("203.0.113.10");
    assertThat(flow.isAlive()).isTrue();
    assertThat(lab.kernel().mappings()).containsKeys(fake, fresh);
  }

  @Test
  void pool_exchanged_oldFlowsGoOn() throws IOException {
    String fake = ask("www.example.com");
    Host.Flow flow = client.open(fake);

    write(LISTED, "-4 100.64.0.0/15");
    hangUp();
    String fresh = ask("www.example.com");

    assertThat(fresh).startsWith("100.6");
    assertThat(client.reach(fresh)).isEqualTo("203.0.113.10");
    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    assertThat(flow.isAlive()).isTrue();
    assertThat(lab.kernel().nft("list", "table", "inet", "dotp"))
        .contains("198.18.0.0/15", "100.64.0.0/15");
  }

  @Test
  void mistakes_changeNothingAndSayWhere() throws IOException {
    write("# names", LISTED, "-d two..org", POOL);
    hangUp("reloads-refused");
    assertThat(dotp.log()).contains(flags + ":3: --domain: 'two..org': empty label");

    write(LISTED, "--fake-ttll=7", POOL);
    hangUp("reloads-refused");
    assertThat(dotp.log()).contains(flags + ":2: ", "'--fake-ttll=7'");

    Files.delete(flags);
    hangUp("reloads-refused");
    assertThat(dotp.log()).contains("@" + flags + ": cannot be read: there is no such file");

    assertThat(ask("www.example.com")).startsWith("198.");
    assertThat(ask(PLAIN)).isEqualTo(PLAIN_REAL);
    assertThat(Dotp.number(dotp.status(), "reloads")).isZero();
  }

  @Test
  void queriesDuringReloads_areAllAnsweredRight() throws IOException {
    Load load = Load.start(lab, BULK / 2, BULK / 2, 100, 2);
    for (int i = 0; i < RELOADS; i++) {
      boolean broken = i % 2 == 1;
      boolean listed = i % 4 == 0;
      write(LISTED, listed ? "-d plain.example.net" : "", broken ? "-4 nonsense" : POOL);
      hangUp(broken ? "reloads-refused" : "reloads");
      assertThat(ask(PLAIN).equals(PLAIN_REAL)).isEqualTo(i % 4 > 1);
    }

    Tally tally = load.awaitConnections(20);

    for (String fault :
        List.of(
            "unanswered",
            "servfail",
            "wrong-answers",
            "violations",
            "refused",
            "unreachable",
            "broken-downloads")) {
      assertThat(tally.of(fault)).as(fault + " in " + tally).isZero();
    }
    System.out.println("queries during " + RELOADS + " reloads: " + tally);
    assertThat(dotp.status()).contains(" reloads=10 reloads-refused=10 ", " bugs=0 ");
  }
}
