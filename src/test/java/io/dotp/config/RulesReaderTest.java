package io.dotp.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.HostRules.DnsCapture;
import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.config.ProxyRules.FailMode;
import io.dotp.config.ProxyRules.Inbound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesReaderTest {
  private static final String ROUTE =
      """
      host = ["127.0.0.1", "192.168.1.1", "::"]
      upstream-host = ["9.9.9.9", "2620:fe::fe"]
      [[route]]
      name = "vpn"
      domain = "example.com"
      ipv4-prefix = "198.18.0.0/17"
      """;

  private static final Map<String, List<String>> FLAGS =
      Map.of(
          "host", List.of("192.168.1.1"),
          "domain", List.of("example.com"),
          "ipv4-prefix", List.of("198.18.0.0/15"),
          "upstream-host", List.of("9.9.9.9"));

  @TempDir Path directory;

  private ConfigResult build(SettingLayers layers) {
    return ConfigBuilder.build(layers, new Environment(true, Path.of("/nowhere"), directory));
  }

  private Config config(String text, Map<String, String> variables) throws IOException {
    Path file = Files.writeString(directory.resolve("dotp.toml"), text);
    ConfigResult result = build(SettingLayers.read(file, variables, Settings.NONE));
    assertThat(result).as("" + result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  private RouteRules rules(String lines) throws IOException {
    return config(ROUTE + lines, Map.of()).routes().get(0).rules();
  }

  @ParameterizedTest
  @ValueSource(strings = {"4026532352", "0xf0000200", "\"0xF0000200\"", "\"4026532352\""})
  void mark_decimalOrHex_isTheSameAndItsOwnMask(String mark) throws IOException {
    RouteRules rules =
        config(
                "tproxy-mark = 1\n" + ROUTE + "mark = " + mark + "\nmark-mask = 0xf0000f00",
                Map.of())
            .routes()
            .get(0)
            .rules();

    assertThat(rules).isEqualTo(new RouteRules(0xf0000200, 0xf0000f00, false, false, null));
  }

  @Test
  void mark_withoutMask_isWrittenAlone() throws IOException {
    assertThat(rules("mark = 0x300")).isEqualTo(new RouteRules(0x300, 0x300, false, false, null));
  }

  @Test
  void mark_ofTheEnvironment_isTheRouteOfTheFlags() {
    Map<String, String> variables = Map.of("DOTP_MARK", "0x100", "DOTP_MSS", "pmtu");
    SettingLayers layers = SettingLayers.read(null, variables, Settings.ofFlags(FLAGS));

    Config config = ((ConfigResult.Valid) build(layers)).config();

    assertThat(config.routes().get(0).rules())
        .isEqualTo(new RouteRules(0x100, 0x100, true, false, null));
  }

  @Test
  void proxy_withoutMore_isTproxyAndClosed() throws IOException {
    assertThat(rules("treatment = \"proxy\"").proxy())
        .isEqualTo(new ProxyRules(Inbound.TPROXY, 12_345, FailMode.CLOSED));
    assertThat(rules("treatment = \"proxy\"\ninbound = \"redirect\"\nport = 1080").proxy())
        .isEqualTo(new ProxyRules(Inbound.REDIRECT, 1080, FailMode.CLOSED));
  }

  @Test
  void capture_byDefault_isOfPrivateNetworks() throws IOException {
    HostRules rules = config("capture-dns = true\ntproxy-mark = 2\n" + ROUTE, Map.of()).rules();

    assertThat(rules.tproxy()).isEqualTo(new TproxyRouting(2, 2, TproxyRouting.PRESET.table()));
    DnsCapture capture = rules.capture();
    assertThat(capture).isNotNull();
    assertThat(capture.clients())
        .hasToString("[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7]");
    assertThat(capture.resolvers()).hasToString("[9.9.9.9, 2620:fe::fe]");
    assertThat(capture.hosts()).hasToString("[192.168.1.1, ::]");
  }

  @Test
  void capture_clientsNamed_isOfTheseAndNoneTwice() throws IOException {
    String allowed = "allow-clients = [\"10.1.0.0/16\", \"10.1.2.0/24\", \"2001:db8:1::/64\"]\n";

    HostRules rules = config("capture-dns = true\n" + allowed + ROUTE, Map.of()).rules();

    DnsCapture capture = rules.capture();
    assertThat(capture).isNotNull();
    assertThat(capture.clients()).hasToString("[10.1.0.0/16, 2001:db8:1::/64]");
  }

  @Test
  void capture_onlyLoopback_isAMistake() throws IOException {
    String text = "capture-dns = true\n" + ROUTE.replace(", \"192.168.1.1\", \"::\"", "");
    Path file = Files.writeString(directory.resolve("dotp.toml"), text);

    ConfigResult result = build(SettingLayers.read(file, Map.of(), Settings.NONE));

    assertThat(((ConfigResult.Invalid) result).mistakes())
        .containsExactly(file + ":1:1: capture-dns: needs a --host that clients can reach");
  }

  @Test
  void portsOfBothInbounds_theSame_areAMistake() throws IOException {
    String second =
        "treatment = \"proxy\"\n[[route]]\nname = \"b\"\ndomain = \"x\"\nipv4-prefix ="
            + " \"198.19.0.0/16\"\ntreatment = \"proxy\"\ninbound = \"redirect\"\n";
    Path file = Files.writeString(directory.resolve("dotp.toml"), ROUTE + second);

    ConfigResult result = build(SettingLayers.read(file, Map.of(), Settings.NONE));

    assertThat(((ConfigResult.Invalid) result).mistakes())
        .containsExactly(
            file
                + ":8:1: route b: port: port 12345 is the other inbound's of route vpn, choose one");
  }
}
