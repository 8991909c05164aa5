package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The C program's example command line works unchanged, with its table loaded beforehand or not.
 */
@Tag("netns")
class LegacyCommandLineTest {
  private static final String COMMAND_LINE =
      "-H 192.168.77.1 -p 53 -4 100.64.0.0/24 -6 fd00::/64 --upstream-host 192.0.2.2"
          + " --upstream-port 53 -d example.com";

  @ParameterizedTest(name = "rules.nft loaded beforehand: {0}")
  @ValueSource(booleans = {true, false})
  void exampleOfTheCProgram_steersTheName(boolean loaded) {
    try (Lab lab = Lab.up(1)) {
      Host client = lab.host(Lab.CLIENT);
      if (loaded) {
        lab.kernel().nft("-f", Path.of("nft/rules.nft").toAbsolutePath().toString());
      }
      String rules = loaded ? rules(lab) : "";

      Dotp dotp = lab.closing(Dotp.start(lab, commandLine()));
      dotp.awaitAnswers(client);
      String fake = client.ask("www.example.com", "A").address();
      String fake6 = client.ask("www.example.com", "AAAA").address();

      assertThat(fake).startsWith("100.64.0.");
      assertThat(fake6).startsWith("fd00:");
      for (Host from : List.of(client, lab.host(Lab.GATEWAY))) {
        assertThat(from.reach(fake)).isEqualTo("203.0.113.10");
        assertThat(from.reachByDatagram(fake)).isEqualTo("203.0.113.10");
        assertThat(from.reach(fake6)).isEqualTo("2001:db8:f::10");
        assertThat(from.reachByDatagram(fake6)).isEqualTo("2001:db8:f::10");
      }
      assertThat(client.reach("100.64.0.200")).isIn("ECONNREFUSED");
      assertThat(lab.kernel().mappings())
          .containsEntry(fake, "203.0.113.10")
          .containsEntry(fake6, "2001:db8:f::10");
      if (loaded) {
        assertThat(rules(lab)).isEqualTo(rules);
      }
      dotp.terminate();
      assertThat(dotp.awaitExit()).as(dotp.log()).isZero();
    }
  }

  /** Unchanged also means the usual state directory, which is not this machine's to write. */
  private static List<String> commandLine() {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("sh", "-c", "mount -t tmpfs tmpfs /var/lib && exec \"$@\"", "sh"));
    command.addAll(Dotp.launcher(List.of(COMMAND_LINE.split(" "))));
    return command;
  }

  /** The chains, which dotp must leave alone in a table that is not its own. */
  private static String rules(Lab lab) {
    String table = lab.kernel().nft("--stateless", "list", "table", "inet", "dotp");
    return table.substring(table.indexOf("\tchain"));
  }
}
