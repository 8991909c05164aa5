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

/** {@code dotp reload}: every mistake with its line, and no query the worse for it. */
@Tag("netns")
class ReloadCommandTest {
  private static final String PLAIN = "www.plain.example.net";
  private static final int BULK = 40;

  /** All keys have one line of their own. */
  private static final List<String> GOOD =
      List.of(
          "host = \"" + Lab.GATEWAY_LAN + "\"",
          "upstream-host = \"" + Lab.UPSTREAM_DNS + "\"",
          "nat-ttl = 200",
          "fake-ttl = 30",
          "log-level = \"info\"",
          "[[route]]",
          "name = \"vpn\"",
          "domain = \"example.com\"",
          "ipv4-prefix = \"198.18.0.0/15\"",
          "ipv6-prefix = \"2001:2:0:d07::/64\"",
          "allow-private-real = true");

  private Lab lab;
  private Host client;
  private Path file;
  private Path socket;
  private Dotp dotp;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.up(BULK);
    client = lab.host(Lab.CLIENT);
    file = lab.directory().resolve("dotp.toml");
    socket = lab.directory().resolve("control.sock");
    Files.write(file, GOOD);
    dotp =
        lab.dotp("-c", file.toString(), "--control-socket", socket.toString()).awaitAnswers(client);
    Patience.until(() -> Files.exists(socket), dotp::log);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  /** One line that is wrong, and where that is to be said. */
  private record Mutation(List<String> lines, int line) {}

  private static List<Mutation> mutations() {
    List<Mutation> mutations = new ArrayList<>();
    for (int i = 0; i < GOOD.size(); i++) {
      String line = GOOD.get(i);
      if (line.startsWith("[")) {
        continue;
      }
      String key = line.substring(0, line.indexOf(' '));
      for (String wrong :
          List.of(
              key + "x = 1",
              key + " = \"!!\"",
              key + " = 1979-05-27",
              key + " = = 1",
              key + " = \"open")) {
        List<String> lines = new ArrayList<>(GOOD);
        lines.set(i, wrong);
        mutations.add(new Mutation(lines, i + 1));
      }
    }
    return mutations;
  }

  private Finished reload() {
    List<String> command = Dotp.launcher(List.of("reload", "--control-socket", socket.toString()));
    return Lab.beside(command.toArray(new String[0]));
  }

  @Test
  void fiftyBrokenFiles_areRefusedWithTheirLineAndLoseNothing() throws IOException {
    Load load = Load.start(lab, BULK / 2, BULK / 2, 50, 1);
    List<Mutation> mutations = mutations();
    assertThat(mutations).hasSize(50);
    for (Mutation mutation : mutations) {
      Files.write(file, mutation.lines());

      String answer = ControlClient.ask(socket, "POST", "/v1/reload");

      assertThat(answer).as("%s", mutation).startsWith("HTTP/1.1 422");
      assertThat(answer).contains("\"" + file + ":" + mutation.line() + ":");
      assertThat(client.ask("www.example.com", "A").address()).startsWith("198.");
    }
    Tally tally = load.awaitConnections(10);
    for (String fault :
        List.of("unanswered", "servfail", "wrong-answers", "violations", "broken-downloads")) {
      assertThat(tally.of(fault)).as(fault + " in " + tally).isZero();
    }
    assertThat(dotp.status()).contains(" reloads=0 reloads-refused=50 ", " bugs=0 ");
  }

  @Test
  void command_saysWhatBecameOfIt() throws IOException {
    List<String> wrong = new ArrayList<>(GOOD);
    wrong.set(3, "fake-tl = 30");
    wrong.set(7, "domain = \"two..org\"");
    Files.write(file, wrong);

    Finished refused = reload();

    assertThat(refused.code()).as(refused.text()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "dotp: " + file + ":4:1: unknown key 'fake-tl', did you mean fake-ttl?",
            "dotp: " + file + ":8:1: domain: 'two..org': empty label",
            "the old configuration stays in force");
    assertThat(client.ask("www.example.com", "A").address()).startsWith("198.");

    List<String> right = new ArrayList<>(GOOD);
    right.set(2, "nat-ttl = 300");
    right.set(7, "domain = \"plain.example.net\"");
    Files.write(file, right);

    Finished taken = reload();

    assertThat(taken.code()).as(taken.text()).isZero();
    assertThat(taken.out()).contains("is in force", "these wait for a restart: --nat-ttl");
    assertThat(client.ask(PLAIN, "A").address()).startsWith("198.");

    dotp.kill();
    Finished nobody = reload();
    assertThat(nobody.code()).as(nobody.text()).isEqualTo(3);
    assertThat(nobody.err()).contains("not running: nobody listens at " + socket);
  }
}
