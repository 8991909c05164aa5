package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Few descriptors: connections take no more than their share of them, and shortage passes. */
@Tag("netns")
class DescriptorTest {
  private static final int ASKED = 200;

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(10);
    client = lab.host(Lab.CLIENT2);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void thousandConnections_atATightLimit_nobodyIsKeptOut() throws IOException {
    Dotp dotp = tightDotp(Lab.UPSTREAM_DNS).awaitAnswers(client);

    Process crowd = crowd(1_000);
    Tally tally = patientClient();
    Answer answer = client.ask(Question.of("www.plain.example.net", "A").overTcp());

    assertThat(crowd.isAlive()).isTrue();
    assertThat(tally.of("answered")).isGreaterThanOrEqualTo(ASKED * 99 / 100);
    assertThat(answer.rcode()).isEqualTo("NOERROR");
    assertThat(dotp.status()).contains(" bugs=0 ");
  }

  /** Queries for a silent upstream take a socket each, until there is none for a connection. */
  @Test
  void descriptorsUsedUp_whenTheyAreBack_allIsAsBefore() {
    Dotp dotp = tightDotp("192.0.2.4", "--forward", "plain.example.net=" + Lab.UPSTREAM_DNS);
    dotp.awaitAnswers(client);
    lab.run(
            Lab.UPSTREAM,
            "nft",
            "add table inet silent; add chain inet silent in { type filter hook input priority 0; };"
                + " add rule inet silent in ip daddr 192.0.2.4 drop")
        .expectSuccess();

    List<Host.Asked> slow = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      slow.add(client.send(Question.of("slow" + i + ".example.org", "A")));
    }
    Host other = lab.host(Lab.CLIENT);
    other.tryAsk(Question.of("www.plain.example.net", "A").overTcp());
    for (Host.Asked asked : slow) {
      assertThat(asked.receive().rcode()).isEqualTo("SERVFAIL");
    }

    Patience.until(
        () -> other.tryAsk(Question.of("www.plain.example.net", "A").overTcp()) instanceof Answer,
        () -> "no TCP any more\n" + dotp.status() + "\n" + dotp.log());
    assertThat(other.ask("mail.plain.example.net", "A").rcode()).isEqualTo("NOERROR");
    assertThat(dotp.status()).contains(" bugs=0 ");
  }

  private Dotp tightDotp(String upstream, String... more) {
    List<String> flags =
        new ArrayList<>(
            List.of(
                "-H",
                Lab.GATEWAY_LAN,
                "-d",
                "example.com",
                "-4",
                "198.18.0.0/15",
                "--upstream-host",
                upstream,
                "--state-dir",
                lab.directory().resolve("state").toString()));
    flags.addAll(List.of(more));
    List<String> command = new ArrayList<>(List.of("prlimit", "--nofile=256:256"));
    command.addAll(Dotp.launcher(flags));
    return lab.closing(Dotp.start(lab, command));
  }

  private Process crowd(int connections) throws IOException {
    List<String> arguments = List.of(Lab.GATEWAY_LAN, Integer.toString(connections));
    Process crowd =
        new ProcessBuilder(
                lab.inside(Lab.CLIENT, TestProgram.commandLine(CrowdClient.class, arguments)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    lab.closing(crowd::destroyForcibly);
    BufferedReader out =
        new BufferedReader(
            new InputStreamReader(crowd.getInputStream(), StandardCharsets.US_ASCII));
    assertThat(Tally.parse(out.readLine()).of("connected")).isPositive();
    return crowd;
  }

  private Tally patientClient() {
    List<String> arguments = List.of(Lab.GATEWAY_LAN, Integer.toString(ASKED));
    Finished run =
        lab.run(
            Lab.CLIENT2,
            TestProgram.commandLine(PatientClient.class, arguments).toArray(new String[0]));
    System.out.println("patient client: " + run.out().trim());
    return Tally.parse(run.expectSuccess().out());
  }
}
