package io.dotp.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.NatConfig.Backend;
import io.dotp.config.ProcessConfig.LogLevel;
import io.dotp.config.UpstreamEndpoint.Protocol;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigBuilderTest {
  private static final String SHAPES =
      "use 9.9.9.9, 9.9.9.9:5353, [2620:fe::fe]:53, tls://9.9.9.9#dns.quad9.net or"
          + " https://dns.quad9.net/dns-query";

  private static final Environment ROOT =
      new Environment(true, Path.of("/root/.local/state"), Path.of("/home/admin"));

  @Test
  void build_exampleOfTheCProgram_isTakenWithAllDefaults() {
    Settings flags = new Flags().set();

    Config config = valid(flags);

    assertThat(config.dns())
        .isEqualTo(
            new DnsConfig(List.of(ip("192.168.1.1")), 53, AccessList.LOCAL_NETWORKS, true, 0));
    assertThat(config.upstream())
        .isEqualTo(
            new UpstreamConfig(
                List.of(UpstreamEndpoint.plain(ip("9.9.9.9"), 53)), List.of(), null));
    assertThat(config.routes())
        .containsExactly(
            Routes.nat(
                RouteId.DEFAULT,
                List.of(DomainName.parse("example.com")),
                IpPrefix.parse("100.64.0.0/24"),
                IpPrefix.parse("fd00::/64"),
                true,
                HttpsRecords.REWRITE,
                null));
    assertThat(config.nat())
        .isEqualTo(
            new NatConfig(
                Duration.ofSeconds(120),
                Duration.ofHours(24),
                Duration.ofSeconds(60),
                Duration.ofHours(1),
                Duration.ofMillis(250),
                "dotp",
                Backend.AUTO,
                new PoolConfig(MappingKey.ADDRESS, null, List.of(), new ClientLimits(4096, 25))));
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
        "ipv4-prefix|100.64.0.0|--ipv4-prefix: '100.64.0.0' is no IPv4 prefix like 198.18.0.0/15",
        "ipv4-prefix|100.64.0.0/31|--ipv4-prefix: '100.64.0.0/31' is too small, the length may be at most 30",
        "ipv4-prefix|fd00::/64|--ipv4-prefix: 'fd00::/64' is no IPv4 prefix like 198.18.0.0/15",
        "ipv4-prefix|127.0.0.0/16|--ipv4-prefix: '127.0.0.0/16' contains special addresses (127.0.0.0/8)",
        "ipv4-prefix|0.0.0.0/0|--ipv4-prefix: '0.0.0.0/0' contains special addresses (0.0.0.0/8)",
        "ipv6-prefix|fd00::/65|--ipv6-prefix: 'fd00::/65' is too small, the length may be at most 64",
        "ipv6-prefix|fe80::/64|--ipv6-prefix: 'fe80::/64' contains special addresses (fe80::/10)",
        "ipv6-prefix|10.0.0.0/8|--ipv6-prefix: '10.0.0.0/8' is no IPv6 prefix like 2001:2:0:d07::/64",
        "upstream-host|dns.example|--upstream-host: 'dns.example' is no DNS server: " + SHAPES,
        "upstream-host|9.9.9.9:0|--upstream-host: '9.9.9.9:0' is no DNS server: " + SHAPES,
        "upstream-host|9.9.9.9:|--upstream-host: '9.9.9.9:' is no DNS server: " + SHAPES,
        "upstream-host|[::1|--upstream-host: '[::1' is no DNS server: " + SHAPES,
        "upstream-host|tls://9.9.9.9/x|--upstream-host: 'tls://9.9.9.9/x' is no DNS server: "
            + SHAPES,
        "upstream-host|tls://9.9.9.9#a_b|--upstream-host: 'a_b': character '_' in a label",
        "upstream-host|tls://dns.example|--upstream-host: 'tls://dns.example' needs --bootstrap-host, a plain DNS server that tells where it is",
        "upstream-host|https://[::]/|--upstream-host: :: is no address of a server",
        "forward|lan|--forward: 'lan' is not like lan=192.168.1.1",
        "forward|=10.0.0.1|--forward: '=10.0.0.1' is not like lan=192.168.1.1",
        "forward|l_n=10.0.0.1|--forward: 'l_n': character '_' in a label",
        "forward|lan=10.0.0.1,|--forward: '' is no DNS server: " + SHAPES,
        "forward|lan=192.168.1.1|--forward: 192.168.1.1 port 53 is our own listener",
        "bootstrap-host|dns|--bootstrap-host: 'dns' is no DNS server: " + SHAPES,
        "cache-size|16X|--cache-size: '16X' is no size from 0 to 1024M, for example 16M",
        "cache-size|2G|--cache-size: '2G' is no size from 0 to 1024M, for example 16M",
        "serve-stale|-1|--serve-stale: '-1' is no number of seconds from 0 to 86400",
        "https-records|hide|--https-records: 'hide' is unknown, use rewrite, strip-hints, nodata, pass",
        "pass-canary|all|--pass-canary: 'all' is unknown, use ddr, firefox-doh, private-relay",
        "rate-limit|many|--rate-limit: 'many' is no number of queries a second from 0 to 1000000",
        "upstream-host|192.168.1.1|--upstream-host: 192.168.1.1 port 53 is our own listener",
        "upstream-host|100.64.0.9|--upstream-host: 100.64.0.9 lies in the fake pool 100.64.0.0/24",
        "upstream-host|0.0.0.0|--upstream-host: 0.0.0.0 is no address of a server",
        "upstream-host|::ffff:192.168.1.1|--upstream-host: 192.168.1.1 port 53 is our own listener",
        "nft-table|a-b|--nft-table: 'a-b' is no table name: a letter, then letters, digits, _ and .",
        "upstream-port|99999|--upstream-port: '99999' is no port, 1 to 65535",
        "nat-ttl|89|--nat-ttl: '89' is no number of seconds from 90 to 86400",
        "nat-ttl|2m|--nat-ttl: '2m' is no number of seconds from 90 to 86400",
        "fake-ttl|0|--fake-ttl: '0' is no number of seconds from 1 to 86400",
        "commit-deadline|10|--commit-deadline: '10' is no number of milliseconds from 20 to 5000",
        "quarantine|119|--quarantine: '119' is no number of seconds from 120 to 86400",
        "nft-table|do tp|--nft-table: 'do tp' is no table name: a letter, then letters, digits, _ and .",
        "nft-table|a;flush|--nft-table: 'a;flush' is no table name: a letter, then letters, digits, _ and .",
        "nft-backend|nftables|--nft-backend: 'nftables' is unknown, use auto, libnftables, netlink, none",
        "max-lease|119|--max-lease: '119' is no number of seconds from 120 to 31536000",
        "max-lease|24h|--max-lease: '24h' is no number of seconds from 120 to 31536000",
        "mapping-key|name|--mapping-key: 'name' is unknown, use address, name-address",
        "pool-key|00ff|--pool-key: the value is not 32 hexadecimal digits, as `openssl rand -hex 16` makes them; @FILE names a file that holds them",
        "pool-key|@|--pool-key: '@' names no file, for example @/etc/dotp/pool-key",
        "pool-key|@/nowhere/key|--pool-key: file /nowhere/key cannot be read: java.nio.file.NoSuchFileException: /nowhere/key",
        "pool-key|@/etc/passwd|--pool-key: the file '/etc/passwd' is not 32 hexadecimal digits, as `openssl rand -hex 16` makes them; @FILE names a file that holds them",
        "reserve|lan|--reserve: 'lan' is no address or prefix",
        "reserve|100.64.0.0/23|--reserve: leaves nothing of the pool 100.64.0.0/24, reserve less",
        "reserve|fd00::/8|--reserve: leaves nothing of the pool fd00::/64, reserve less",
        "max-fakes-per-client|-1|--max-fakes-per-client: '-1' is no number of new fakes a minute from 0 to 1000000",
        "max-pool-share|0|--max-pool-share: '0' is no number of percent from 1 to 100",
        "max-pool-share|101|--max-pool-share: '101' is no number of percent from 1 to 100",
        "allow-clients|lan|--allow-clients: 'lan' is no address or prefix",
        "allow-clients|10.0.0.0/33|--allow-clients: '10.0.0.0/33' is no address or prefix",
        "log-level|loud|--log-level: 'loud' is unknown, use error, warn, info, debug, trace"
      })
  void build_mistake_isNamedWithTheFlagAndTheRemedy(String flag, String value, String message) {
    List<String> mistakes = mistakes(new Flags().with(flag, value).set());

    assertThat(mistakes).containsExactly(message);
  }

  @Test
  void build_nameWithTrailingDotAndUpperCase_isStoredAsALabels() {
    Settings flags = new Flags().with("domain", "BÜCHER.Example.").set();

    Config config = valid(flags);

    assertThat(config.routes().get(0).names().domains())
        .containsExactly(DomainName.parse("xn--bcher-kva.example"));
  }

  @Test
  void build_oneFamilyOnly_isEnough() {
    Config config = valid(new Flags().without("ipv4-prefix").set());

    assertThat(config.routes().get(0).ipv4Prefix()).isNull();
  }

  @Test
  void build_allowClients_replacesTheDefault() {
    Config config = valid(new Flags().with("allow-clients", "10.1.0.0/16").set());

    assertThat(config.dns().attachedClients()).isFalse();
    assertThat(config.dns().allowClients().allows(ip("10.1.2.3"))).isTrue();
    assertThat(config.dns().allowClients().allows(ip("192.168.1.1"))).isFalse();
  }

  @Test
  void build_stateDirOfAnOrdinaryUser_isBelowTheStateHome() {
    Environment user = new Environment(false, Path.of("/home/u/.local/state"), Path.of("/tmp"));

    ConfigResult result = ConfigBuilder.build(SettingLayers.of(new Flags().set()), user);

    assertThat(((ConfigResult.Valid) result).config().process().stateDir())
        .isEqualTo(Path.of("/home/u/.local/state/dotp"));
  }

  @Test
  void build_relativeStateDir_isReadAgainstTheWorkingDirectory() {
    Config config = valid(new Flags().with("state-dir", "../state").set());

    assertThat(config.process().stateDir()).isEqualTo(Path.of("/home/state"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "9.9.9.9:5353|DNS|9.9.9.9|-|5353|''|''",
        "2620:fe::fe|DNS|2620:fe::fe|-|53|''|''",
        "[2620:fe::fe]:54|DNS|2620:fe::fe|-|54|''|''",
        "tls://9.9.9.9|TLS|9.9.9.9|-|853|9.9.9.9|''",
        "tls://9.9.9.9:8853#dns.quad9.net|TLS|9.9.9.9|-|8853|dns.quad9.net|''",
        "tls://[2620:fe::fe]#dns.quad9.net|TLS|2620:fe::fe|-|853|dns.quad9.net|''",
        "tls://DNS.quad9.net|TLS|-|dns.quad9.net|853|dns.quad9.net|''",
        "https://dns.quad9.net|HTTPS|-|dns.quad9.net|443|dns.quad9.net|/dns-query",
        "https://9.9.9.9:8443/q?x=1#dns.quad9.net|HTTPS|9.9.9.9|-|8443|dns.quad9.net|/q?x=1"
      })
  void build_upstreamOfEveryShape_isTaken(
      String text,
      Protocol protocol,
      @Nullable String address,
      @Nullable String host,
      int port,
      String name,
      String path) {
    Settings flags =
        new Flags().with("upstream-host", text).with("bootstrap-host", "9.9.9.10").set();

    assertThat(valid(flags).upstream().servers())
        .containsExactly(
            new UpstreamEndpoint(
                protocol, address == null ? null : ip(address), host, port, name, path));
  }

  @Test
  void build_newFlags_areTaken() {
    Settings flags =
        new Flags()
            .with("forward", "lan=192.168.1.2,192.168.1.3:5353")
            .with("cache-size", "64M")
            .with("serve-stale", "0")
            .with("hosts-file", "lan.hosts")
            .with("pass-canary", "private-relay")
            .with("rate-limit", "50")
            .with("https-records", "strip-hints")
            .set();

    Config config = valid(flags);

    assertThat(config.forwards())
        .containsExactly(
            new ForwardZone(
                DomainName.parse("lan"),
                new UpstreamConfig(
                    List.of(
                        UpstreamEndpoint.plain(ip("192.168.1.2"), 53),
                        UpstreamEndpoint.plain(ip("192.168.1.3"), 5353)),
                    List.of(),
                    null)));
    assertThat(config.cache()).isEqualTo(new CacheConfig(64 << 20, Duration.ZERO));
    assertThat(config.local())
        .isEqualTo(
            new LocalConfig(
                Set.of(LocalConfig.Canary.PRIVATE_RELAY),
                List.of(Path.of("/home/admin/lan.hosts"))));
    assertThat(config.dns().rateLimit()).isEqualTo(50);
    assertThat(config.routes().get(0).httpsRecords()).isEqualTo(HttpsRecords.STRIP_HINTS);
  }

  @Test
  void build_flagsOfThePools_areTaken() {
    Settings flags =
        new Flags()
            .with("nft-backend", "netlink")
            .with("max-lease", "604800")
            .with("mapping-key", "name-address")
            .with("pool-key", "000102030405060708090A0b0c0d0e0f")
            .with("reserve", "100.64.0.0/28")
            .with("max-fakes-per-client", "0")
            .with("max-pool-share", "100")
            .set();

    NatConfig nat = valid(flags).nat();

    assertThat(nat.backend()).isEqualTo(Backend.NETLINK);
    assertThat(nat.maxLease()).isEqualTo(Duration.ofDays(7));
    assertThat(nat.pool())
        .isEqualTo(
            new PoolConfig(
                MappingKey.NAME_ADDRESS,
                new PoolSecret(0x0001020304050607L, 0x08090a0b0c0d0e0fL),
                List.of(Objects.requireNonNull(IpPrefix.parse("100.64.0.0/28"))),
                new ClientLimits(0, 100)));
  }

  @Test
  void build_maxLeaseBelowTheLease_isAMistake() {
    Settings flags = new Flags().with("nat-ttl", "3600").with("max-lease", "600").set();

    assertThat(mistakes(flags))
        .containsExactly("--max-lease: '600' is no number of seconds from 3600 to 31536000");
  }

  @Test
  void build_poolKeyInAFile_isReadFromThereAndNeverShown(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("key");
    Files.writeString(file, "\t000102030405060708090a0b0c0d0e0f\r\n");

    NatConfig nat = valid(new Flags().with("pool-key", "@" + file).set()).nat();

    byte[] bytes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    assertThat(Objects.requireNonNull(nat.pool().secret()).toBytes()).isEqualTo(bytes);
    assertThat(nat.toString()).contains("hidden").doesNotContain("405060708");
  }

  @Test
  void build_reservesThatTogetherCoverAPool_areAMistake() {
    Settings flags =
        Settings.ofFlags(
            Map.of(
                "host", List.of("192.168.1.1"),
                "domain", List.of("example.com"),
                "ipv4-prefix", List.of("198.18.0.0/24"),
                "upstream-host", List.of("9.9.9.9"),
                "reserve", List.of("198.18.0.128/25", "::ffff:198.18.0.0/121")));

    assertThat(mistakes(flags))
        .containsExactly("--reserve: leaves nothing of the pool 198.18.0.0/24, reserve less");
  }

  private static Config valid(Settings flags) {
    ConfigResult result = ConfigBuilder.build(SettingLayers.of(flags), ROOT);
    assertThat(result).isInstanceOf(ConfigResult.Valid.class);
    return ((ConfigResult.Valid) result).config();
  }

  private static List<String> mistakes(Settings flags) {
    ConfigResult result = ConfigBuilder.build(SettingLayers.of(flags), ROOT);
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
                "ipv4-prefix", "100.64.0.0/24",
                "ipv6-prefix", "fd00::/64",
                "upstream-host", "9.9.9.9"));

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

    Settings set() {
      Map<String, List<String>> lists = new HashMap<>();
      values.forEach((flag, value) -> lists.put(flag, List.of(value)));
      return Settings.ofFlags(lists);
    }
  }
}
