package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A LAN client begins more flows than the gateway's connection tracking can hold. */
@Tag("netns")
class ConntrackFullTest {
  /** The limit is the machine's, no namespace may change it; beyond this the test is too dear. */
  private static final int MOST_FLOWS = 300_000;

  private static final Pattern ENTRIES = Pattern.compile(" conntrack=(\\d+)/(\\d+)");

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(20);
    client = lab.host(Lab.CLIENT2);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void tableFullOfUnansweredFlows_isTold_andDnsGoesOn() {
    int limit = limit();
    Dotp dotp = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    assertThat(dotp.log()).doesNotContain("connection tracking");
    List<String> arguments = new ArrayList<>(List.of("" + limit));
    for (int i = 50; i < 60; i++) {
      arguments.add("203.0.113." + i);
    }

    lab.run(
            Lab.CLIENT,
            TestProgram.commandLine(ManyFlowsClient.class, arguments).toArray(String[]::new))
        .expectSuccess();
    assertThat(sysctl("nf_conntrack_count")).isGreaterThan(limit / 10 * 9);
    for (int i = 0; i < 20; i++) {
      Answer answer = client.ask(BulkNames.name(i), "A");
      assertThat(client.reach(answer.address())).isEqualTo(BulkNames.real(i, false));
    }

    Patience.until(dotp.logContains("connection tracking is nearly full"), dotp::log);
    Matcher entries = ENTRIES.matcher(dotp.status());
    assertThat(entries.find()).isTrue();
    System.out.println("conntrack full:" + entries.group());
  }

  private int limit() {
    int limit = sysctl("nf_conntrack_max");
    Assumptions.assumeTrue(limit <= MOST_FLOWS, "too many to fill: " + limit);
    return limit;
  }

  private int sysctl(String name) {
    Finished run = lab.run(Lab.GATEWAY, "cat", "/proc/sys/net/netfilter/" + name);
    return Integer.parseInt(run.expectSuccess().out().strip());
  }
}
