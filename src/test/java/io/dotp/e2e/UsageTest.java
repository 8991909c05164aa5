package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each flag misused: the usage line, one message that names the flag, exit 1, and nothing else. */
@Tag("netns")
class UsageTest {
  private static final List<String> GOOD =
      List.of(
          "-H",
          Lab.GATEWAY_LAN,
          "-d",
          "example.com",
          "-4",
          "198.18.0.0/15",
          "-6",
          "2001:2:0:d07::/64",
          "--upstream-host",
          Lab.UPSTREAM_DNS);

  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.up(1);
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "-H, --host, 192.168.77",
    "-H, --host, gateway",
    "-p, --port, 0",
    "-p, --port, 65536",
    "-p, --port, dns",
    "-d, --domain, -example.com",
    "-d, --domain, exam_ple.com",
    "-d, --domain, a..b",
    "-4, --ipv4-prefix, 198.18.0.0/31",
    "-4, --ipv4-prefix, 198.18.0.0",
    "-4, --ipv4-prefix, fd00::/64",
    "-4, --ipv4-prefix, 127.0.0.0/8",
    "-6, --ipv6-prefix, 2001:2::/65",
    "-6, --ipv6-prefix, 198.18.0.0/15",
    "--upstream-host, --upstream-host, resolver.example",
    "--upstream-port, --upstream-port, 70000",
    "--nat-ttl, --nat-ttl, 89",
    "--fake-ttl, --fake-ttl, 0",
    "--quarantine, --quarantine, 1",
    "--nft-table, --nft-table, 'a b'",
    "--nft-backend, --nft-backend, iptables",
    "--max-lease, --max-lease, 60",
    "--mapping-key, --mapping-key, name",
    "--pool-key, --pool-key, secret",
    "--pool-key, --pool-key, @/nowhere/key",
    "--reserve, --reserve, 198.18.0.0/15",
    "--max-fakes-per-client, --max-fakes-per-client, all",
    "--max-pool-share, --max-pool-share, 0",
    "--allow-clients, --allow-clients, everybody",
    "--log-level, --log-level, loud"
  })
  void flag_withAWrongValue_isNamed(String flag, String named, String value) {
    List<String> arguments = new ArrayList<>(GOOD);
    int at = arguments.indexOf(flag);
    if (at >= 0) {
      arguments.set(at + 1, value);
    } else {
      arguments.addAll(List.of(flag, value));
    }

    Finished run = run(arguments);

    assertThat(run.code()).as(run.text()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Usage: dotp", named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-H", "-d", "--upstream-host"})
  void requiredFlag_missing_isNamed(String flag) {
    List<String> arguments = new ArrayList<>(GOOD);
    int at = arguments.indexOf(flag);
    arguments.subList(at, at + 2).clear();

    Finished run = run(arguments);

    assertThat(run.code()).as(run.text()).isEqualTo(1);
    assertThat(run.err()).contains("Usage: dotp", "required");
  }

  @Test
  void mistakes_areAllReportedAtOnce() {
    Finished run = run(List.of("-H", "x", "-p", "y", "-d", "-", "--upstream-host", "z"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("--host", "--port", "--domain", "--upstream-host", "prefix");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--no-such-flag", "surplus", "-H"})
  void words_thatAreNoFlags_areRefused(String word) {
    List<String> arguments = new ArrayList<>(GOOD);
    arguments.add(word);

    Finished run = run(arguments);

    assertThat(run.code()).as(run.text()).isEqualTo(1);
    assertThat(run.err()).contains("Usage: dotp");
  }

  @Test
  void helpAndVersion_goToStandardOutput() {
    Finished help = run(List.of("--help"));
    Finished version = run(List.of("-V"));

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("--upstream-host");
    assertThat(version.code()).isZero();
    assertThat(version.out()).contains("dotp ", "JDK ", "Netty ", "libnftables");
  }

  private static Finished run(List<String> arguments) {
    return lab.run(Lab.GATEWAY, Dotp.launcher(arguments).toArray(new String[0]));
  }
}
