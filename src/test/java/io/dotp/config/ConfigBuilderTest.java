package io.dotp.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.config.ProcessConfig.LogLevel;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigBuilderTest {
  private static final Environment ROOT =
      new Environment(true, Path.of("/root/.local/state"), Path.of("/home/admin"));

  @Test
  void build_exampleOfTheCProgram_isTakenWithAllDefaults() {
    FlagSet flags = new Flags().set();

    Config config = valid(flags);

    assertThat(config.dns())
        .isEqualTo(new DnsConfig(List.of(ip("192.168.1.1")), 53, AccessList.LOCAL_NETWORKS, true));
    assertThat(config.upstream()).isEqualTo(new UpstreamConfig(List.of(ip("9.9.9.9")), 53));
    assertThat(config.routes())
        .containsExactly(
            new RouteConfig(
                RouteId.DEFAULT,
                "default",
                List.of(DomainName.parse("example.com")),
                IpPrefix.parse("100.64.0.0/24"),
                IpPrefix.parse("fd00::/64"),
                true));
    assertThat(config.nat())
        .isEqualTo(
            new NatConfig(
                Duration.ofSeconds(120),
                Duration.ofSeconds(60),
                Duration.ofHours(1),
                "dotp",
                Backend.AUTO));
    assertThat(config.process())
        .isEqualTo(new ProcessConfig(Path.of("/var/lib/dotp"), LogLevel.INFO, false));
  }

  @Test
  void build_nothingGiven_namesEveryRequiredFlag() {
    List<String> mistakes = mistakes(new Flags().without("all").set());

    assertThat(mistakes)
        .extracting(mistake -> mistake.substring(0, mistake.indexOf(':')))
        .containsExactly("--host", "--upstream-host", "--domain", "--ipv4-prefix, --ipv6-prefix");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "host|nowhere|--host: 'nowhere' is no IPv4 or IPv6 address",
        "host|192.168.1.256|--host: '192.168.1.256' is no IPv4 or IPv6 address",
        "host|010.1.1.1|--host: '010.1.1.1' is no IPv4 or IPv6 address",
        "host|100.64.0.7|--host: 100.64.0.7 lies in the fake pool 100.64.0.0/24",
        "port|0|--port: '0' is no port, 1 to 65535",
        "port|65536|--port: '65536' is no port, 1 to 65535",
        "port|dns|--port: 'dns' is no port, 1 to 65535",
        "port|-1|--port: '-1' is no port, 1 to 65535",
        "domain|exa_mple.com|--domain: 'exa_mple.com': character '_' in a label",
        "domain|-a.com|--domain: '-a.com': label '-a' begins or ends with a hyphen",
        "domain|a..com|--domain: 'a..com': empty label",
        "domain|*.a.com|--domain: '*.a.com': character '*' in a label",
        "ipv4Prefix|100.64.0.0|--ipv4-prefix: '100.64.0.0' is no IPv4 prefix like 198.18.0.0/15",
        "ipv4Prefix|100.64.0.0/31|--ipv4-prefix: '100.64.0.0/31' is too small, the length may be at most 30",
        "ipv4Prefix|fd00::/64|--ipv4-prefix: 'fd00::/64' is no IPv4 prefix like 198.18.0.0/15",
        "ipv4Prefix|127.0.0.0/16|--ipv4-prefix: '127.0.0.0/16' contains special addresses (127.0.0.0/8)",
        "ipv4Prefix|0.0.0.0/0|--ipv4-prefix: '0.0.0.0/0' contains special addresses (0.0.0.0/8)",
        "ipv6Prefix|fd00::/65|--ipv6-prefix: 'fd00::/65' is too small, the length may be at most 64",
        "ipv6Prefix|fe80::/64|--ipv6-prefix: 'fe80::/64' contains special addresses (fe80::/10)",
        "ipv6Prefix|10.0.0.0/8|--ipv6-prefix: '10.0.0.0/8' is no IPv6 prefix like 2001:2:0:d07::/64",
        "upstreamHost|dns.example|--upstream-host: 'dns.example' is no IPv4 or IPv6 address",
        "upstreamHost|192.168.1.1|--upstream-host: 192.168.1.1 port 53 is our own listener",
        "upstreamHost|100.64.0.9|--upstream-host: 100.64.0.9 lies in the fake pool 100.64.0.0/24",
        "upstreamHost|0.0.0.0|--upstream-host: 0.0.0.0 is no address of a server",
        "upstreamHost|::ffff:192.168.1.1|--upstream-host: 192.168.1.1 port 53 is our own listener",
        "nftTable|a-b|--nft-table: 'a-b' is no table name: a letter, then letters, digits, _ and .",
        "upstreamPort|99999|--upstream-port: '99999' is no port, 1 to 65535",
        "natTtl|89|--nat-ttl: '89' is no number of seconds from 90 to 86400",
        "natTtl|2m|--nat-ttl: '2m' is no number of seconds from 90 to 86400",
        "fakeTtl|0|--fake-ttl: '0' is no number of seconds from 1 to 86400",
        "quarantine|119|--quarantine: '119' is no number of seconds from 120 to 86400",
        "nftTable|do tp|--nft-table: 'do tp' is no table name: a letter, then letters, digits, _ and .",
        "nftTable|a;flush|--nft-table: 'a;flush' is no table name: a letter, then letters, digits, _ and .",
        "nftBackend|nftables|--nft-backend: 'nftables' is unknown, use auto, libnftables, none",
        "allowClients|lan|--allow-clients: 'lan' is no address or prefix",
        "allowClients|10.0.0.0/33|--allow-clients: '10.0.0.0/33' is no address or prefix",
        "logLevel|loud|--log-level: 'loud' is unknown, use error, warn, info, debug, trace"
      })
  void build_mistake_isNamedWithTheFlagAndTheRemedy(String flag, String value, String message) {
    List<String> mistakes = mistakes(new Flags().with(flag, value).set());

    assertThat(mistakes).containsExactly(message);
  }

  @Test
  void build_nameWithTrailingDotAndUpperCase_isStoredAsALabels() {
    FlagSet flags = new Flags().with("domain", "BÜCHER.Example.").set();

    Config config = valid(flags);

    assertThat(config.routes().get(0).domains())
        .containsExactly(DomainName.parse("xn--bcher-kva.example"));
  }

  @Test
  void build_oneFamilyOnly_isEnough() {
    Config config = valid(new Flags().without("ipv4Prefix").set());

    assertThat(config.routes().get(0).ipv4Prefix()).isNull();
  }

  @Test
  void build_allowClients_replacesTheDefault() {
    Config config = valid(new Flags().with("allowClients", "10.1.0.0/16").set());

    assertThat(config.dns().attachedClients()).isFalse();
    assertThat(config.dns().allowClients().allows(ip("10.1.2.3"))).isTrue();
    assertThat(config.dns().allowClients().allows(ip("192.168.1.1"))).isFalse();
  }

  @Test
  void build_stateDirOfAnOrdinaryUser_isBelowTheStateHome() {
    Environment user = new Environment(false, Path.of("/home/u/.local/state"), Path.of("/tmp"));

    ConfigResult result = ConfigBuilder.build(new Flags().set(), user);

    assertThat(((ConfigResult.Valid) result).config().process().stateDir())
        .isEqualTo(Path.of("/home/u/.local/state/dotp"));
  }

  @Test
  void build_relativeStateDir_isReadAgainstTheWorkingDirectory() {
    Config config = valid(new Flags().with("stateDir", "../state").set());

    assertThat(config.process().stateDir()).isEqualTo(Path.of("/home/state"));
  }

  private static Config valid(FlagSet flags) {
    ConfigResult result = ConfigBuilder.build(flags, ROOT);
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  private static List<String> mistakes(FlagSet flags) {
    ConfigResult result = ConfigBuilder.build(flags, ROOT);
    assertThat(result).isInstanceOf(ConfigResult.Invalid.class);
    return ((ConfigResult.Invalid) result).mistakes();
  }

  private static IpAddress ip(String text) {
    return Objects.requireNonNull(IpAddress.parse(text));
  }

  /** The example command line, with one flag changed. */
  private static final class Flags {
    private final Map<String, String> values =
        new HashMap<>(
            Map.of(
                "host", "192.168.1.1",
                "domain", "example.com",
                "ipv4Prefix", "100.64.0.0/24",
                "ipv6Prefix", "fd00::/64",
                "upstreamHost", "9.9.9.9"));

    Flags with(String flag, String value) {
      values.put(flag, value);
      return this;
    }

    Flags without(String flag) {
      if (flag.equals("all")) {
        values.clear();
      }
      values.remove(flag);
      return this;
    }

    private @Nullable String one(String flag) {
      return values.get(flag);
    }

    private List<String> many(String flag) {
      String value = values.get(flag);
      return value == null ? new ArrayList<>() : List.of(value);
    }

    FlagSet set() {
      return new FlagSet(
          many("host"),
          one("port"),
          many("domain"),
          one("ipv4Prefix"),
          one("ipv6Prefix"),
          many("upstreamHost"),
          one("upstreamPort"),
          one("stateDir"),
          one("natTtl"),
          one("fakeTtl"),
          one("quarantine"),
          one("nftTable"),
          one("nftBackend"),
          false,
          many("allowClients"),
          one("logLevel"),
          false);
    }
  }
}
