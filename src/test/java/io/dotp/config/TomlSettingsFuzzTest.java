package io.dotp.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text for a configuration file: a configuration or mistakes, never exceptions. */
class TomlSettingsFuzzTest {
  private static final Environment PLACE =
      new Environment(true, Path.of("/root"), Path.of("/nowhere"));

  /** Files that say everything that can be said, right and wrong. */
  static Stream<Arguments> seeds() {
    return Stream.of(
            """
            host = ["192.168.1.1", "fd10::1"]
            upstream-host = ["9.9.9.9", "tls://9.9.9.9#dns.quad9.net"]
            fake-ttl = 30
            dry-run = true
            forward = "lan=192.168.1.1"
            [[list]]
            name = "far"
            url = "https://lists.example/far.txt"
            format = "dnsmasq"
            refresh = 7200
            [[list]]
            name = "near"
            path = "near.list"
            [[route]]
            name = "vpn"
            domain = ["a.example", "full:b.example", "keyword:c", "regexp:^d[0-9]+[.]", "+.e.example"]
            domain-list = ["far", "near", "/etc/x.dat:cn@ads@-cn", "./y.list"]
            clients = ["192.168.1.0/24", "::1"]
            ipv4-prefix = "198.18.0.0/17"
            ipv6-prefix = "2001:2:0:1::/64"
            treatment = "nat"
            https-records = "nodata"
            fake-ttl = 20
            [[route]]
            name = "ads"
            domain-list = "near"
            treatment = "refuse"
            rcode = "nodata"
            """,
            """
            port = 5.3
            blorb = 1979-05-27
            [[route]]
            name = "default"
            domain = "two..org"
            treatment = "pass"
            ipv4-prefix = "127.0.0.0/31"
            [[list]]
            url = "ftp://x"
            path = "y"
            refresh = 1
            """)
        .map(text -> Arguments.of((Object) text.getBytes(StandardCharsets.UTF_8)));
  }

  @MethodSource("seeds")
  @FuzzTest(maxDuration = "10m")
  void parse_anyText_givesAConfigurationOrMistakes(byte[] data) {
    String text = new String(data, StandardCharsets.UTF_8);
    List<String> mistakes = new ArrayList<>();

    Settings settings = TomlSettings.parse(Path.of("/etc/dotp/dotp.toml"), text, mistakes);

    if (settings == null) {
      require(!mistakes.isEmpty());
      return;
    }
    SettingLayers layers = new SettingLayers(settings, mistakes, true);
    ConfigResult result = ConfigBuilder.build(layers, PLACE);
    require(!(result instanceof ConfigResult.Valid) || mistakes.isEmpty());
    require(
        !(result instanceof ConfigResult.Invalid invalid)
            || invalid.mistakes().stream().noneMatch(String::isBlank));
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("a result that says nothing");
    }
  }
}
