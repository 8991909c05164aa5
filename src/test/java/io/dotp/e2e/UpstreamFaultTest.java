package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The upstream is gone, silent, or one of several: clients get an answer in time. */
@Tag("netns")
@Tag("long")
class UpstreamFaultTest {
  private static final int NO_REACHABLE_AUTHORITY = 22;
  private static final int NETWORK_ERROR = 23;

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(10);
    client = lab.host(Lab.CLIENT);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"www.example.com", "mail.plain.example.net"})
  void deadUpstream_isServfailWithAReason_andGoesOnAfterwards(String name) {
    Dotp dotp = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    lab.script("dns", "stop").expectSuccess();

    Answer cached = client.ask("www.plain.example.net", "A");
    Answer answer = client.ask(name, "A");

    assertThat(cached.rcode()).isEqualTo("NOERROR");

    assertThat(answer.rcode()).isEqualTo("SERVFAIL");
    assertThat(answer.extendedErrors()).containsAnyOf(NO_REACHABLE_AUTHORITY, NETWORK_ERROR);
    lab.script("dns", "start").expectSuccess();
    Patience.until(
        () -> client.ask(name, "A").rcode().equals("NOERROR"), () -> "stays dead\n" + dotp.log());
  }

  @Test
  void silentUpstream_isServfailBeforeTheClientGivesUp() {
    silence("192.0.2.4");
    lab.dotp(
        "-H",
        Lab.GATEWAY_LAN,
        "-d",
        "example.com",
        "-4",
        "198.18.0.0/15",
        "--upstream-host",
        "192.0.2.4");
    Patience.until(
        () -> client.tryAsk(Question.of("plain.example.net", "MX")) instanceof Answer,
        () -> "no answer");

    // The C library of a client gives up after 5 s.
    Object answer = client.send(Question.of("www.example.com", "A")).tryReceive(5_000);

    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.class,
            servfail -> {
              assertThat(servfail.rcode()).isEqualTo("SERVFAIL");
              assertThat(servfail.extendedErrors())
                  .containsAnyOf(NO_REACHABLE_AUTHORITY, NETWORK_ERROR);
            });
  }

  @Test
  void silentFirstUpstream_secondAnswers() {
    silence("192.0.2.4");
    Dotp dotp =
        lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/15",
            "--upstream-host",
            "192.0.2.4",
            "--upstream-host",
            Lab.UPSTREAM_DNS);
    Patience.until(
        () -> client.tryAsk(Question.of("www.plain.example.net", "A")) instanceof Answer,
        dotp::log);

    String fake = client.ask("www.example.com", "A").address();

    assertThat(client.reach(fake)).isEqualTo("203.0.113.10");
    assertThat(client.ask("www.plain.example.net", "A").address()).isEqualTo("203.0.113.40");
  }

  @Test
  void upstreamOverIpv6_works() {
    lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/15",
            "--upstream-host",
            "2001:db8:0:1::2")
        .awaitAnswers(client);

    assertThat(client.reach(client.ask("www.example.com", "A").address()))
        .isEqualTo("203.0.113.10");
    assertThat(client.ask(Question.of("big.example.com", "A").overTcp()).addresses()).hasSize(100);
  }

  /** Drops what is sent there: neither an answer nor an ICMP error comes back. */
  private void silence(String address) {
    lab.run(
            Lab.UPSTREAM,
            "nft",
            "add table inet silent; add chain inet silent in { type filter hook input priority 0; };"
                + " add rule inet silent in ip daddr "
                + address
                + " drop")
        .expectSuccess();
  }
}
