package io.dotp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
  private static final String GOOD =
      """
      host = "127.0.0.1"
      upstream-host = "192.0.2.53"
      [[route]]
      name = "vpn"
      domain = ["example.com", "example.org"]
      ipv4-prefix = "198.18.0.0/17"
      """;

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void check_goodFile_saysSo() throws IOException {
    assertThat(run("check", "-c", file(GOOD))).isZero();

    assertThat(said(out)).containsExactly("configuration is fine: routes=1 names=2 warnings=0");
  }

  @Test
  void check_fileOfTheEnvironment_isTheOneChecked() throws IOException {
    int status =
        run(Map.of("DOTP_CONFIG", file(GOOD)), "check", "-d", "a.example", "-4", "198.19.0.0/20");

    assertThat(status).isZero();
    assertThat(said(out)).containsExactly("configuration is fine: routes=2 names=3 warnings=0");
  }

  @Test
  void check_poolsThatBreakClients_areWarnedOf() throws IOException {
    String unfortunate = GOOD.replace("198.18.0.0/17", "100.64.0.0/24");

    assertThat(run("check", "-c", file(unfortunate))).isZero();

    assertThat(said(out))
        .containsExactly(
            "warning: browsers take this pool for the local network and block public pages from it"
                + " pool=100.64.0.0/24 network=100.64.0.0/10 remedy=\"use 198.18.0.0/15\"",
            "warning: pool is small and may run full pool=100.64.0.0/24 remedy=\"use a /20 or larger\"",
            "configuration is fine: routes=1 names=2 warnings=2");
  }

  @Test
  void check_marksThatLookAlike_areWarnedOf() throws IOException {
    String marks =
        GOOD
            + "mark = 0x300\n[[route]]\nname = \"work\"\ndomain = \"example.net\"\n"
            + "ipv4-prefix = \"198.18.128.0/17\"\nmark = 0x100\n";

    assertThat(run("check", "-c", file(marks))).isZero();

    assertThat(said(out))
        .containsExactly(
            "warning: packets of one route also match the mark of another route=vpn mark=0x300"
                + " other=work other-mark=0x100/0x100 remedy=\"give both the same mark-mask\"",
            "configuration is fine: routes=2 names=3 warnings=1");
  }

  @Test
  void check_poolOnTheLoopbackNetwork_isAMistake() throws IOException {
    assertThat(run("check", "-c", file(GOOD.replace("198.18.0.0/17", "127.0.0.0/17")))).isOne();

    assertThat(said(err))
        .contains(
            "dotp: "
                + directory.resolve("dotp.toml")
                + ":6:1: ipv4-prefix: '127.0.0.0/17' contains special addresses (127.0.0.0/8)");
  }

  @Test
  void check_wildcardListenerAsTheUpstreamOfARoute_isRefused() throws IOException {
    String loop = GOOD.replace("127.0.0.1", "0.0.0.0") + "upstream-host = \"127.0.0.1\"\n";

    assertThat(run("check", "-c", file(loop))).isOne();

    assertThat(said(out).get(0))
        .contains("upstream-host of route vpn: 127.0.0.1 port 53 is our own listener");
  }

  @Test
  void check_lists_areReadAndTheirBadLinesTold() throws IOException {
    StringBuilder names = new StringBuilder("b/d\n");
    for (int i = 0; i < 30; i++) {
      names.append("n").append(i).append(".example\n");
    }
    Path list = Files.writeString(directory.resolve("my.list"), names);

    assertThat(run("check", "-c", file(GOOD + "domain-list = \"./my.list\"\n"))).isZero();

    assertThat(said(out))
        .containsExactly(
            "warning: list has bad lines, they are passed over name=./my.list count=1 lines=\""
                + list
                + ":1: character '/' in a label: 'b/d'\"",
            "configuration is fine: routes=1 names=32 warnings=1");
  }

  @Test
  void check_listThatIsNotThere_isCode3WithItsPlace() throws IOException {
    String with = GOOD + "domain-list = [\"/etc/hostname\", \"none.list\"]\n";

    assertThat(run("check", "-c", file(with))).isEqualTo(3);

    assertThat(said(out).get(0))
        .isEqualTo(
            "dotp: "
                + directory.resolve("dotp.toml")
                + ":7:33: domain-list: "
                + directory.resolve("none.list")
                + ": does not exist");
  }

  @Test
  void check_wildcardListenerAsItsOwnUpstream_isRefused() throws IOException {
    String loop = GOOD.replace("127.0.0.1", "0.0.0.0").replace("192.0.2.53", "127.0.0.1");

    assertThat(run("check", "-c", file(loop))).isOne();

    assertThat(said(out).get(0)).contains("127.0.0.1 port 53 is our own listener");
  }

  @Test
  void check_missingAuthorities_areTold() throws IOException {
    String text = "upstream-ca = \"none.pem\"\n" + GOOD;

    assertThat(run("check", "-c", file(text))).isEqualTo(3);

    assertThat(said(out).get(0)).contains("--upstream-ca").contains("none.pem");
  }

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("dotp.toml"), text).toString();
  }

  private int run(String... args) {
    return run(Map.of(), args);
  }

  private int run(Map<String, String> environment, String... args) {
    PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new CommandLineRun(environment, outStream, errStream).run(args);
  }

  private static List<String> said(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
