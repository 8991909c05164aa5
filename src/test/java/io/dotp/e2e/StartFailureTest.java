package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator sees when dotp cannot start: which message, which exit code. */
@Tag("netns")
class StartFailureTest {
  private static final int USAGE = 1;
  private static final int NETWORK = 2;
  private static final int FILE = 3;
  private static final int OTHER = 5;

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(1);
    client = lab.host(Lab.CLIENT);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void anotherProgramOnThePort_isExit2() {
    List<String> other = new ArrayList<>(List.of("start", Lab.GATEWAY, "other"));
    other.addAll(
        TestProgram.commandLine(
            SlowUpstream.class, List.of(Lab.GATEWAY_LAN, Lab.UPSTREAM_DNS, "0")));
    lab.script(other.toArray(new String[0])).expectSuccess();
    Patience.until(
        () -> client.tryAsk(Question.of("www.plain.example.net", "A")) instanceof Answer,
        () -> "no other program");

    Dotp dotp = lab.dotp(Dotp.USUAL);

    assertThat(dotp.awaitExit()).as(dotp.log()).isEqualTo(NETWORK);
    assertThat(dotp.log()).contains("address in use");
  }

  @Test
  void withoutNetAdmin_isExit2() {
    Dotp dotp =
        lab.closing(Dotp.start(lab, within(List.of("setpriv", "--bounding-set=-net_admin"))));

    assertThat(dotp.awaitExit()).as(dotp.log()).isEqualTo(NETWORK);
    assertThat(dotp.log()).contains("CAP_NET_ADMIN");
  }

  @Test
  void withoutLibnftables_isExit5() {
    String hide =
        "for f in $(ldconfig -p | sed -n 's/.*libnftables.so.* => //p'); do"
            + " mount --bind /dev/null \"$(readlink -f \"$f\")\"; done; exec \"$@\"";

    Dotp dotp = lab.closing(Dotp.start(lab, within(List.of("sh", "-c", hide, "sh"))));

    assertThat(dotp.awaitExit()).as(dotp.log()).isEqualTo(OTHER);
    assertThat(dotp.log()).contains("libnftables1");
  }

  @Test
  void secondOnTheSameStateDirectory_isRefusedAndTheFirstGoesOn() {
    Dotp first = lab.dotp(Dotp.USUAL).awaitAnswers(client);

    Dotp second =
        lab.dotp(
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
    assertThat(first.awaitAnswers(client).isAlive()).isTrue();
  }

  @Test
  void secondOnTheSameTable_isRefusedAndTheFirstGoesOn() {
    Dotp first = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    String fake = client.ask("www.example.com", "A").address();

    Dotp second =
        lab.dotp(
            lab.directory().resolve("other"),
            "-H",
            "127.0.0.1",
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/15",
            "--upstream-host",
            Lab.UPSTREAM_DNS);

    assertThat(second.awaitExit()).as(second.log()).isEqualTo(FILE);
    assertThat(second.log()).contains("table dotp");
    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    assertThat(first.awaitAnswers(client).isAlive()).isTrue();
  }

  @Test
  void secondOnTheSamePort_isRefusedAndTheFirstGoesOn() {
    Dotp first = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    List<String> arguments = new ArrayList<>(List.of(Dotp.USUAL));
    arguments.addAll(List.of("--nft-table", "other"));

    Dotp second = lab.dotp(lab.directory().resolve("other"), arguments.toArray(new String[0]));

    assertThat(second.awaitExit()).as(second.log()).isEqualTo(NETWORK);
    assertThat(first.awaitAnswers(client).isAlive()).isTrue();
  }

  @ParameterizedTest(name = "-H {0} --upstream-host {1}")
  @CsvSource({
    "192.168.77.1, 192.168.77.1",
    "0.0.0.0, 192.168.77.1",
    "0.0.0.0, 127.0.0.1",
    "::, fd77::1"
  })
  void upstreamThatIsOurselves_isExit1(String host, String upstream) {
    Dotp dotp =
        lab.dotp(
            "-H", host, "-d", "example.com", "-4", "198.18.0.0/15", "--upstream-host", upstream);

    assertThat(dotp.awaitExit()).as(dotp.log()).isEqualTo(USAGE);
    assertThat(dotp.log()).contains("own listener");
  }

  @Test
  void stateDirectoryThatIsAFile_isExit3() {
    Dotp dotp = lab.dotp(Path.of("/dev/null/state"), Dotp.USUAL);

    assertThat(dotp.awaitExit()).as(dotp.log()).isEqualTo(FILE);
    assertThat(dotp.log()).contains("--state-dir");
  }

  @Test
  void tableOfSomebodyElseThatDoesNotFit_isExit2() {
    lab.kernel().nft("add", "table", "inet", "dotp");

    Dotp dotp = lab.dotp(Dotp.USUAL);

    assertThat(dotp.awaitExit()).as(dotp.log()).isEqualTo(NETWORK);
    assertThat(dotp.log()).contains("nat_map");
  }

  @Test
  void poolThatOverlapsAnInterface_isAWarning() {
    Dotp dotp =
        lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "example.com",
            "-4",
            "192.168.77.128/25",
            "--upstream-host",
            Lab.UPSTREAM_DNS);

    dotp.awaitAnswers(client);

    assertThat(dotp.log()).contains("WARN").contains("overlaps");
  }

  private List<String> within(List<String> wrapper) {
    List<String> arguments = new ArrayList<>(List.of(Dotp.USUAL));
    arguments.addAll(List.of("--state-dir", lab.directory().resolve("state").toString()));
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(Dotp.launcher(arguments));
    return command;
  }
}
