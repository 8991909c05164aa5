package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A fake for each name and address, when {@code --mapping-key} says so. */
@Tag("netns")
class NameAddressTest {
  private Lab lab;
  private Host client;
  private Path state;

  @BeforeEach
  void start() {
    lab = Lab.up(1);
    client = lab.host(Lab.CLIENT);
    state = lab.directory().resolve("state");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private Dotp dotp() {
    return lab.dotp(
            state,
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/15",
            "-6",
            "2001:2:0:d07::/64",
            "--mapping-key",
            "name-address",
            "--upstream-host",
            Lab.UPSTREAM_DNS)
        .awaitAnswers(client);
  }

  @ParameterizedTest
  @CsvSource({"A, nat_map, nat_addr, 203.0.113.10", "AAAA, nat_map6, nat_addr6, 2001:db8:f::10"})
  void twoNamesOfOneAddress_haveAFakeEachAcrossAKill(
      String type, String map, String set, String real) {
    Dotp dotp = dotp();
    String www = client.ask("www.example.com", type).address();
    String twin = client.ask("twin.example.com", type).address();
    assertThat(www).isNotEqualTo(twin);
    assertServes(type, map, set, real, www, twin);
    Journals.awaitName(state, "twin");

    dotp.kill();
    assertThat(client.reach(www)).isEqualTo(real);
    dotp();

    assertServes(type, map, set, real, www, twin);
  }

  private void assertServes(
      String type, String map, String set, String real, String www, String twin) {
    assertThat(client.ask("www.example.com", type).address()).isEqualTo(www);
    assertThat(client.ask("twin.example.com", type).address()).isEqualTo(twin);
    assertThat(client.namesOf(www)).containsExactly("www.example.com.");
    assertThat(client.namesOf(twin)).containsExactly("twin.example.com.");
    assertThat(client.reach(www)).isEqualTo(real);
    assertThat(client.reach(twin)).isEqualTo(real);
    assertThat(lab.kernel().pairs(map)).isEqualTo(Map.of(www, real, twin, real));
    assertThat(lab.kernel().nft("list", "set", "inet", "dotp", set))
        .contains("elements = { " + real + " }");
  }
}
