package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code dotp status}, and where daemon and client meet. */
@Tag("netns")
class StatusTest {
  private static final int FILE = 3;
  private static final Path DEFAULT_SOCKET = Path.of("/run/dotp/control.sock");

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() throws IOException {
    // Of a daemon that another test has killed.
    Files.deleteIfExists(DEFAULT_SOCKET);
    lab = Lab.up(1);
    client = lab.host(Lab.CLIENT);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private static Finished command(String... words) {
    return Lab.beside(Dotp.launcher(List.of(words)).toArray(new String[0]));
  }

  private Dotp dotp(String... more) {
    List<String> all = new ArrayList<>(List.of(Dotp.USUAL));
    all.addAll(List.of(more));
    return lab.dotp(all.toArray(new String[0]));
  }

  @Test
  void status_tellsHowItIs() throws IOException {
    Path flags = lab.directory().resolve("flags");
    Files.writeString(flags, "");
    Finished nobody = command("status");
    assertThat(nobody.code()).as(nobody.text()).isEqualTo(FILE);
    assertThat(nobody.err()).isEqualTo("dotp: not running: there is no " + DEFAULT_SOCKET + "\n");

    Dotp dotp = dotp("@" + flags).awaitAnswers(client);
    Patience.until(() -> Files.exists(DEFAULT_SOCKET), dotp::log);
    assertThat(client.ask("www.example.com", "A").address()).startsWith("198.");

    Finished healthy = command("status");
    assertThat(healthy.code()).as(healthy.text()).isZero();
    assertThat(healthy.out())
        .contains("healthy", "pid " + dotp.pid(), "inet dotp, in sync", Lab.UPSTREAM_DNS)
        .containsPattern("default +ipv4 +198.18.0.0/15 +131\\d\\d\\d +1 +0 +\\d+ +0% +in use");

    Finished json = command("status", "--json");
    assertThat(json.code()).isZero();
    assertThat(json.out()).startsWith("{\"version\":").contains("\"state\":\"healthy\"");
    assertThat(json.out()).contains("\"fetches\":{\"started\":0,", "\"control\":{\"requests\":2,");
    assertThat(dotp.status()).contains(" fetches=0 ", " commands=2 ", " commands-malformed=0 ");

    Files.writeString(flags, "--fake-ttl never");
    assertThat(command("reload").code()).isEqualTo(1);
    Finished degraded = command("status");
    assertThat(degraded.code()).as(degraded.text()).isEqualTo(1);
    assertThat(degraded.out()).contains("degraded", "run 'dotp reload'");
    Files.writeString(flags, "");
    assertThat(command("reload").code()).isZero();
    assertThat(command("status").code()).isZero();

    dotp.kill();
    assertThat(command("status").code()).isEqualTo(FILE);
    dotp("@" + flags).awaitAnswers(client);
    Patience.until(() -> command("status").code() == 0, () -> "a dead socket is in the way");
  }

  @Test
  void client_loadsNeitherNettyNorTheDaemon() throws IOException {
    Path classes = lab.directory().resolve("classes");
    Finished run =
        Lab.beside(
            "env",
            "DOTP_JAVA_OPTS=-Xlog:class+load:file=" + classes,
            Dotp.launcher(List.of()).get(0),
            "status");

    assertThat(run.code()).as(run.text()).isEqualTo(FILE);
    assertThat(Files.readString(classes))
        .contains("io.dotp.cli.ClientRun")
        .doesNotContain("io.netty.", "picocli.", "org.tomlj", "io.dotp.daemon.D", "org.slf4j");
  }

  @Test
  void socketThatCannotBeMade_endsTheStartOnlyWhenItWasAskedFor() throws IOException {
    Path there = lab.directory().resolve("there");
    Files.writeString(there, "");
    Dotp asked = dotp("--control-socket", there.toString());
    assertThat(asked.awaitExit()).as(asked.log()).isEqualTo(FILE);
    assertThat(asked.log()).contains("--control-socket: " + there + " is there and is no socket");

    Files.createDirectories(DEFAULT_SOCKET);
    try {
      Dotp going = dotp().awaitAnswers(client);
      Patience.until(going.logContains("no control socket"), going::log);
      assertThat(going.log()).contains("name another file with --control-socket");
    } finally {
      Files.delete(DEFAULT_SOCKET);
    }
  }

  @Test
  void socket_isFoundByFlagEnvironmentAndConfiguration() throws IOException {
    Path socket = lab.directory().resolve("own.sock");
    Path file = lab.directory().resolve("dotp.toml");
    Files.writeString(file, "control-socket = \"own.sock\"\n");
    dotp("-c", file.toString()).awaitAnswers(client);
    Patience.until(() -> Files.exists(socket), () -> "no socket");

    assertThat(command("status", "--control-socket", socket.toString()).code()).isZero();
    assertThat(command("status", "-c", file.toString()).code()).isZero();
    String launcher = Dotp.launcher(List.of()).get(0);
    assertThat(Lab.beside("env", "DOTP_CONTROL_SOCKET=" + socket, launcher, "status").code())
        .isZero();
    assertThat(command("status").code()).isEqualTo(FILE);
  }
}
