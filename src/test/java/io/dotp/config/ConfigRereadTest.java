package io.dotp.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RereadResult.Invalid;
import io.dotp.config.RereadResult.Reread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a file may change while the program runs. */
class ConfigRereadTest {
  private static final String START =
      """
      host = "192.168.1.1"
      upstream-host = "9.9.9.9"
      fake-ttl = 30
      [[route]]
      name = "vpn"
      domain = "example.com"
      ipv4-prefix = "198.18.0.0/17"
      """;

  private static final String SECOND =
      """
      [[route]]
      name = "office"
      domain = "intra.example"
      ipv4-prefix = "198.18.128.0/17"
      """;

  @TempDir Path directory;

  @Test
  void namesPoolAndTtl_ofTheSameRoutes_areTakenOver() throws IOException {
    String changed =
        START
            .replace("\"example.com\"", "[\"example.com\", \"example.org\"]")
            .replace("198.18.0.0/17", "198.19.0.0/17")
            .replace("fake-ttl = 30", "fake-ttl = 40");

    Reread reread = taken(START, changed);

    assertThat(reread.kept()).isEmpty();
    RouteConfig route = reread.config().routes().get(0);
    assertThat(route.names().domains()).hasSize(2);
    assertThat(route.ipv4Prefix()).hasToString("198.19.0.0/17");
    assertThat(reread.config().nat().fakeTtl()).hasSeconds(40);
  }

  @Test
  void anotherRoute_isTakenOver() throws IOException {
    Reread reread = taken(START, START + SECOND);

    assertThat(reread.kept()).isEmpty();
    assertThat(reread.config().routes())
        .extracting(RouteConfig::name)
        .containsExactly("vpn", "office");
    assertThat(taken(START + SECOND, START).config().routes())
        .extracting(RouteConfig::name)
        .containsExactly("vpn");
  }

  @Test
  void routesInAnotherOrder_areTheSameOnesInThatOrder() throws IOException {
    String first = START.substring(0, START.indexOf("[[route]]"));
    String vpn = START.substring(first.length());

    Reread reread = taken(START + SECOND, first + SECOND + vpn);

    assertThat(reread.kept()).isEmpty();
    assertThat(reread.config().routes())
        .extracting(RouteConfig::id)
        .containsExactly(new RouteId("office"), new RouteId("vpn"));
  }

  @Test
  void otherServersOfARoute_areTakenOver() throws IOException {
    Reread reread = taken(START, START + "upstream-host = \"10.9.0.1\"\n");

    assertThat(reread.kept()).isEmpty();
    assertThat(reread.config().routes().get(0).upstream()).isNotNull();
  }

  @Test
  void otherServersOfAllOtherNames_needARestart() throws IOException {
    Reread reread = taken(START, START.replace("9.9.9.9", "9.9.9.10"));

    assertThat(reread.kept()).containsExactly("--upstream-host");
  }

  @Test
  void routeOfTheFlags_thatAppears_isTakenOver() throws IOException {
    String added = "domain = \"x.example\"\nipv4-prefix = \"198.19.0.0/24\"\n" + START;

    Reread reread = taken(START, added);

    assertThat(reread.kept()).isEmpty();
    assertThat(reread.config().routes())
        .extracting(RouteConfig::id)
        .containsExactly(RouteId.DEFAULT, new RouteId("vpn"));
    assertThat(taken(added, START).config().routes())
        .extracting(RouteConfig::name)
        .containsExactly("vpn");
  }

  @Test
  void rulesOfRoutes_areTakenOver() throws IOException {
    String marked = "capture-dns = true\n" + START + "mark = 0x200\nmark-mask = 0xf00\n";

    Reread reread = taken(START + "treatment = \"proxy\"\n", marked);

    assertThat(reread.kept()).isEmpty();
    assertThat(reread.config().rules().capture()).isNotNull();
    assertThat(reread.config().routes().get(0).treatment()).isEqualTo(Treatment.NAT);
    assertThat(reread.config().routes().get(0).rules())
        .isEqualTo(new RouteRules(0x200, 0xf00, false, false, null));
  }

  @Test
  void markOfTproxy_needsARestart() throws IOException {
    Reread reread = taken(START, "tproxy-mark = 1\ntproxy-table = 7\n" + START);

    assertThat(reread.kept()).containsExactly("--tproxy-mark", "--tproxy-table");
    assertThat(reread.config().rules()).isEqualTo(HostRules.PRESET);
  }

  @Test
  void listener_needsARestart() throws IOException {
    Reread reread = taken(START, START.replace("192.168.1.1", "192.168.1.2"));

    assertThat(reread.kept()).containsExactly("--host");
    assertThat(reread.config().dns().hosts()).hasToString("[192.168.1.1]");
  }

  @Test
  void mistake_isNamedWithItsPlace() throws IOException {
    SettingLayers started = layers(START);

    RereadResult result = new ConfigReread(started, place()).of(layers(START + "blorb = 1\n"));

    assertThat(result).isInstanceOf(Invalid.class);
    assertThat(((Invalid) result).mistakes())
        .containsExactly(directory.resolve("dotp.toml") + ":8:1: unknown key 'blorb' of [[route]]");
  }

  private Reread taken(String before, String after) throws IOException {
    RereadResult result = new ConfigReread(layers(before), place()).of(layers(after));
    assertThat(result).as("" + result).isInstanceOf(Reread.class);
    return (Reread) result;
  }

  private SettingLayers layers(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("dotp.toml"), text);
    return SettingLayers.read(file, Map.of(), Settings.ofFlags(Map.<String, List<String>>of()));
  }

  private Environment place() {
    return new Environment(true, Path.of("/nowhere"), directory);
  }
}
