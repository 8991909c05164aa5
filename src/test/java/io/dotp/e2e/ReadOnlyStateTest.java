package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A state directory whose disk has become read-only: dotp serves from memory and the kernel. */
@Tag("netns")
class ReadOnlyStateTest {
  private static final int FILE = 3;

  private Lab lab;
  private Host client;
  private Path state;

  @BeforeEach
  void start() {
    lab = Lab.up(1);
    client = lab.host(Lab.CLIENT);
    state = lab.directory().resolve("state");
    Lab.beside("mkdir", "-p", state.toString()).expectSuccess();
    Lab.beside("mount", "-t", "tmpfs", "tmpfs", state.toString()).expectSuccess();
    lab.closing(() -> Lab.beside("umount", "-l", state.toString()).expectSuccess());
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private void remount(String mode) {
    Lab.beside("mount", "-o", "remount,bind," + mode, state.toString()).expectSuccess();
  }

  private Dotp dotp() {
    return lab.dotp(state, Dotp.USUAL);
  }

  @Test
  void readOnlyBetweenTwoRuns_servesOnWithWhatCanBeRead() {
    Dotp dotp = dotp().awaitAnswers(client);
    String known = client.ask("www.example.com", "A").address();
    Journals.awaitName(state, "www");
    dotp.kill();
    remount("ro");

    dotp = dotp().awaitAnswers(client);

    assertThat(dotp.log()).contains("ERROR state directory cannot be written");
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo(known);
    assertThat(client.namesOf(known)).containsExactly("www.example.com.");
    String fresh = client.ask("api.example.com", "A").address();
    assertThat(client.reach(known)).isEqualTo("203.0.113.10");
    assertThat(client.reach(fresh)).isEqualTo("203.0.113.11");
    Patience.until(dotp.logContains("journal of mappings cannot be"), dotp::log);
    dotp.kill();
    remount("rw");
    dotp().awaitAnswers(client);
    assertThat(lab.kernel().mappings())
        .isEqualTo(Map.of(known, "203.0.113.10", fresh, "203.0.113.11"));
  }

  @Test
  void readOnlyFromTheVeryFirst_servesWithAKeyOfItsOwn() {
    remount("ro");

    Dotp dotp = dotp().awaitAnswers(client);

    assertThat(dotp.log()).contains("ERROR pool key cannot be kept");
    String fake = client.ask("www.example.com", "A").address();
    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    dotp.kill();
    dotp().awaitAnswers(client);
    assertThat(client.ask("www.example.com", "A").address()).isEqualTo(fake);
  }

  /** The one that can only read keeps out the one that would write beside it. */
  @Test
  void readOnlyAndThenNot_aSecondOneIsRefused() {
    dotp().awaitAnswers(client).kill();
    remount("ro");
    Dotp first = dotp().awaitAnswers(client);
    remount("rw");

    Dotp second =
        lab.dotp(
            state,
            "-H",
            "127.0.0.1",
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/15",
            "--nft-table",
            "other",
            "--upstream-host",
            Lab.UPSTREAM_DNS);

    assertThat(second.awaitExit()).as(second.log()).isEqualTo(FILE);
    assertThat(second.log()).contains("in use by another dotp");
    assertThat(first.awaitAnswers(client).isAlive()).isTrue();
  }
}
