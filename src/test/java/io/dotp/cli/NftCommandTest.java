package io.dotp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.nft.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dotp nft}: rules without a daemon. */
@Tag("netns")
class NftCommandTest {
  private static final String FILE =
      """
      host = "127.0.0.1"
      upstream-host = "192.0.2.53"
      [[route]]
      name = "vpn"
      domain = "example.com"
      ipv4-prefix = "198.18.0.0/17"
      ipv6-prefix = "2001:2:0:1::/64"
      mark = 0x100
      mark-mask = 0xf00
      [[route]]
      name = "office"
      domain = "example.org"
      ipv4-prefix = "198.18.128.0/17"
      ipv6-prefix = "2001:2:0:2::/64"
      treatment = "proxy"
      fail-mode = "open"
      block-quic = true
      """;

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void removeRules() {
    Shell.nft("flush ruleset");
    run("nft", "remove");
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    return new CommandLineRun(Map.of("HOME", directory.toString()), stream(out), stream(err))
        .run(args);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String said(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String file() throws IOException {
    Path file = directory.resolve("dotp.toml");
    Files.writeString(file, FILE);
    return file.toString();
  }

  private static String routing() {
    return Shell.outputOf("ip", "-4", "rule") + Shell.outputOf("ip", "-6", "rule");
  }

  @Test
  void print_rulesOfAllRoutes_areReadByNftAndChangeNothing() throws IOException {
    assertThat(run("nft", "print", "-c", file())).as(said(err)).isZero();

    Path rules = directory.resolve("rules.nft");
    Files.writeString(rules, said(out));
    Shell.outputOf("nft", "-c", "-f", rules.toString());
    assertThat(said(out))
        .contains(
            "ct original ip daddr 198.18.0.0/17 meta mark set meta mark & 0xfffff0ff | 0x00000100",
            "tproxy ip6 to :12345",
            "# ip -6 route add local default dev lo table 10053 proto 153 metric ",
            "# ip -6 rule add pref 950 fwmark 0x10000000/0x10000000 lookup 10053 proto 153\n");
    assertThat(Shell.nft("list ruleset")).isEmpty();
    assertThat(routing()).doesNotContain("10053");
  }

  @Test
  void installAndRemove_again_leaveWhatTheySay() throws IOException {
    String file = file();
    for (int i = 0; i < 2; i++) {
      assertThat(run("nft", "install", "-c", file)).as(said(err)).isZero();
      assertThat(said(out)).isEqualTo("table inet dotp installed\n");
    }
    assertThat(Shell.nft("list table inet dotp")).contains("tproxy ip6 to :12345");
    assertThat(routing().split("lookup 10053", -1)).hasSize(3);

    assertThat(run("nft", "remove")).as(said(err)).isZero();
    assertThat(said(out)).isEqualTo("table inet dotp removed\n");
    assertThat(Shell.nft("list ruleset")).isEmpty();
    assertThat(routing()).doesNotContain("10053");
    assertThat(run("nft", "remove", "-c", file)).as(said(err)).isZero();
    assertThat(said(out)).isEqualTo("table inet dotp is not there\n");
  }

  @Test
  void foreignTable_isLeftAlone() throws IOException {
    Shell.outputOf("nft", "-f", "nft/rules.nft");
    String before = Shell.nft("list ruleset");

    assertThat(run("nft", "remove")).isEqualTo(2);
    assertThat(said(err))
        .isEqualTo("dotp: table inet dotp is not dotp's own: it has no comment that says so\n");
    assertThat(run("nft", "install", "-c", file())).isEqualTo(2);
    assertThat(said(err)).contains("table inet dotp is there and is not dotp's own");
    assertThat(Shell.nft("list ruleset")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "show"})
  void word_thatIsNone_isNamed(String word) {
    assertThat(word.isEmpty() ? run("nft") : run("nft", word)).isEqualTo(1);

    assertThat(said(err)).contains("dotp: nft: expected print, install or remove behind it\n");
  }

  @Test
  void configuration_withMistakes_isRefusedByEach() {
    List<String> table = List.of("--nft-table", "a b");

    assertThat(run("nft", "remove", table.get(0), table.get(1))).isEqualTo(1);
    assertThat(said(err)).contains("dotp: --nft-table: 'a b' is no table name");
    assertThat(run("nft", "print")).isEqualTo(1);
    assertThat(said(err)).contains("dotp: --host: is required");
  }
}
