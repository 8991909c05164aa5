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

/** A route whose traffic goes to a transparent proxy of somebody else on the gateway. */
@Tag("netns")
class ProxyRouteTest {
  private static final String REAL = "203.0.113.10";
  private static final String REAL6 = "2001:db8:f::10";

  private static final String CONFIG =
      """
      host = ["192.168.77.1", "fd77::1"]
      upstream-host = "192.0.2.2"
      capture-dns = true
      [[route]]
      name = "office"
      domain = "example.com"
      ipv4-prefix = "198.18.0.0/15"
      ipv6-prefix = "2001:2:0:d07::/64"
      treatment = "proxy"
      fail-mode = "open"
      """;

  private Lab lab;
  private Host client;
  private Dotp dotp;
  private Path config;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.up(1);
    client = lab.host(Lab.CLIENT);
    config = Files.writeString(lab.directory().resolve("dotp.toml"), CONFIG);
    dotp = lab.dotp("-c", config.toString()).awaitAnswers(client);
    String proxy = Path.of("test-fixtures/nft/echo.py").toAbsolutePath().toString();
    // The program ends with its input, which nobody closes here.
    String input = lab.directory().resolve("input").toString();
    Lab.beside("mkfifo", input).expectSuccess();
    String command = "exec " + proxy + " 12345 tproxy <>" + input;
    lab.script("start", Lab.GATEWAY, "proxy", "sh", "-c", command).expectSuccess();
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String rules() {
    return lab.run(Lab.GATEWAY, "ip", "-4", "rule").expectSuccess().out()
        + lab.run(Lab.GATEWAY, "ip", "-6", "rule").expectSuccess().out();
  }

  private boolean isProxied(String fake) {
    return client.reachByDatagram(fake, 1_000).contains(" local=" + fake + " ");
  }

  private List<String> fakes() {
    return List.of(
        client.ask("www.example.com", "A").address(),
        client.ask("www.example.com", "AAAA").address());
  }

  @Test
  void proxiedRoute_throughItsLife_hasRulesAndRouting() throws IOException {
    List<String> fakes = fakes();
    Patience.until(
        () -> fakes.stream().allMatch(this::isProxied), () -> client.reach(fakes.get(0)));

    lab.run(Lab.GATEWAY, "ip", "-4", "rule", "del", "pref", "950").expectSuccess();
    lab.run(Lab.GATEWAY, "ip", "-6", "route", "flush", "table", "10053").expectSuccess();
    lab.kernel().nft("flush", "ruleset");
    Patience.until(() -> fakes.stream().allMatch(this::isProxied), () -> rules() + dotp.log());
    assertThat(rules().split("lookup 10053", -1)).as("one each").hasSize(3);

    lab.script("stop", "proxy", "KILL").expectSuccess();
    Patience.until(() -> client.reach(fakes.get(0)).equals(REAL), () -> client.reach(fakes.get(0)));
    assertThat(client.reach(fakes.get(1))).as("fails open").isEqualTo(REAL6);

    hangUp(CONFIG.replace("treatment = \"proxy\"\nfail-mode = \"open\"\n", ""));
    assertThat(rules()).doesNotContain("10053");
    assertThat(client.reach(fakes.get(0))).isEqualTo(REAL);
    hangUp(CONFIG);
    assertThat(rules().split("lookup 10053", -1)).hasSize(3);
  }

  @Test
  void client_withAResolverOfItsOwn_isAnsweredByUs() {
    for (String server : List.of("203.0.113.53", "2001:db8:f::53")) {
      Answer answer = client.ask(Question.of("www.example.com", "A").to(server));
      assertThat(answer.address()).startsWith("198.1");
    }
  }

  private void hangUp(String text) throws IOException {
    Files.writeString(config, text);
    long before = Dotp.number(dotp.status(), "reloads");
    dotp.signal("HUP");
    Patience.until(() -> Dotp.number(dotp.status(), "reloads") > before, dotp::log);
  }
}
