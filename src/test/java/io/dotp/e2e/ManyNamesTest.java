package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand names: no answer without its element, none lost, and all counts agree. */
@Tag("netns")
class ManyNamesTest {
  private static final int NAMES = 10_000;

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

  @Test
  void clientThatConnectsAtOnce_isNeverRefused() {
    Dotp dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);

    Tally tally = eagerClient();

    assertThat(tally.all()).isEqualTo(Map.of("answered", 2L * NAMES, "connected", 2L * NAMES));
    assertThat(lab.kernel().rejected()).isZero();
    assertThat(lab.kernel().forbidden()).isZero();
    assertAgreement(dotp, NAMES);
  }

  @Test
  void dnsperf_losesNothing() {
    Dotp dotp = lab.dotp(Dotp.FOR_A_GREEDY_CLIENT).awaitAnswers(client);
    Path questions = lab.directory().resolve("questions");
    writeQuestions(questions);

    Finished run =
        lab.run(
            Lab.CLIENT,
            "dnsperf",
            "-s",
            Lab.GATEWAY_LAN,
            "-d",
            questions.toString(),
            "-n",
            "1",
            "-c",
            "8",
            "-q",
            "64",
            "-t",
            "8");

    assertThat(run.out()).contains("Queries completed:    " + 2 * NAMES + " (100.00%)");
    assertThat(run.out()).contains("Response codes:       NOERROR " + 2 * NAMES + " (100.00%)");
    assertAgreement(dotp, NAMES);
  }

  /** Twice the lease of real time: for the long run only. */
  @Test
  @Tag("full")
  void expiry_keepsAllCountsInAgreement() {
    Dotp dotp = lab.dotp(with(Dotp.FOR_A_GREEDY_CLIENT, "--nat-ttl", "90")).awaitAnswers(client);
    Tally tally = eagerClient();
    assertThat(tally.of("connected")).isEqualTo(2L * NAMES);
    assertAgreement(dotp, NAMES);

    Patience.until(
        () -> lab.kernel().pairs("nat_map").size() < NAMES,
        Duration.ofMinutes(5),
        () -> "nothing ends: " + dotp.status());
    Patience.until(
        () -> lab.kernel().mappings().isEmpty(),
        Duration.ofMinutes(5),
        () -> "elements stay: " + dotp.status());

    assertAgreement(dotp, 0);
    assertThat(lab.kernel().rejected()).isZero();
    assertThat(client.reach(client.ask("bulk1.example.com", "A").address()))
        .isEqualTo(BulkNames.real(1, false));
  }

  private Tally eagerClient() {
    List<String> arguments = List.of(Lab.GATEWAY_LAN, Integer.toString(NAMES), "16");
    Finished run =
        lab.run(
            Lab.CLIENT,
            TestProgram.commandLine(EagerClient.class, arguments).toArray(new String[0]));
    System.out.println("eager client: " + run.out().trim());
    return Tally.parse(run.expectSuccess().out());
  }

  /** What dotp says, what the kernel holds, and that no fake and no real address stands twice. */
  private void assertAgreement(Dotp dotp, int each) {
    String status = dotp.status();
    for (String map : List.of("nat_map", "nat_map6")) {
      String family = map.equals("nat_map") ? "ipv4" : "ipv6";
      Map<String, String> pairs = lab.kernel().pairs(map);
      assertThat(pairs).as(map).hasSize(each);
      assertThat(new HashSet<>(pairs.values())).as(map).hasSize(each);
      assertThat(Dotp.number(status, family + "-live")).as(status).isEqualTo(each);
      assertThat(Dotp.number(status, family + "-map")).as(status).isEqualTo(each);
      assertThat(Dotp.number(status, family + "-set")).as(status).isEqualTo(each);
    }
    assertThat(status).contains("kernel-in-step=true");
  }

  private static void writeQuestions(Path file) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < NAMES; i++) {
      text.append(BulkNames.name(i)).append(" A\n").append(BulkNames.name(i)).append(" AAAA\n");
    }
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] with(String[] arguments, String... more) {
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return all;
  }
}
