package io.dotp.nat.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule files as nft and the kernel see them. */
@Tag("netns")
class RuleFilesKernelTest {
  private static final String FILES = "nft/";

  @BeforeEach
  void checkNamespace() {
    Shell.requirePrivateNamespace();
  }

  @AfterEach
  void removeTables() {
    Shell.nft("flush ruleset");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rules.nft", "rules-redirect.nft", "rules-tproxy.nft"})
  void file_checkLoadAndReload_keepsElementsAndDoublesNoRule(String file) {
    Shell.outputOf("nft", "-c", "-f", FILES + file);
    Shell.outputOf("nft", "-f", FILES + file);
    String rules = Shell.nft("list table inet dotp");
    Shell.nft(
        "add element inet dotp nat_map { 198.18.0.1 : 203.0.113.1 };"
            + "add element inet dotp nat_map6 { 2001:2::1 : 2001:db8::1 };"
            + "add element inet dotp nat_addr { 203.0.113.1 };"
            + "add element inet dotp nat_addr6 { 2001:db8::1 };"
            + "add element inet dotp used { 198.18.0.1 }");

    Shell.outputOf("nft", "-f", FILES + file);

    assertThat(Shell.nft("list map inet dotp nat_map")).contains("198.18.0.1 : 203.0.113.1");
    assertThat(Shell.nft("list map inet dotp nat_map6")).contains("2001:2::1 : 2001:db8::1");
    assertThat(Shell.nft("list set inet dotp nat_addr")).contains("203.0.113.1");
    assertThat(Shell.nft("list set inet dotp nat_addr6")).contains("2001:db8::1");
    assertThat(Shell.nft("list set inet dotp used")).contains("198.18.0.1");
    Shell.nft(
        "flush map inet dotp nat_map; flush map inet dotp nat_map6; flush set inet dotp nat_addr;"
            + "flush set inet dotp nat_addr6; flush set inet dotp used");
    assertThat(Shell.nft("list table inet dotp")).isEqualTo(rules);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "6"})
  void file_withoutTheLinesOfOneFamily_loads(String family) throws IOException {
    for (String file : List.of("rules.nft", "rules-redirect.nft", "rules-tproxy.nft")) {
      String rules =
          Files.readString(Path.of(FILES, file))
              .lines()
              .filter(line -> !line.matches(".* #(mark)?" + family))
              .reduce("", (text, line) -> text + line + "\n");

      Shell.Outcome outcome = Shell.load("flush ruleset\n" + rules);

      assertThat(outcome.code()).as("%s: %s", file, outcome.output()).isZero();
    }
  }

  @Test
  void file_withoutTheMarkLines_loads() throws IOException {
    String rules =
        Files.readString(Path.of(FILES, "rules.nft"))
            .lines()
            .filter(line -> !line.matches(".* #mark[46]?"))
            .reduce("", (text, line) -> text + line + "\n");

    Shell.Outcome outcome = Shell.load(rules);

    assertThat(outcome.code()).as(outcome.output()).isZero();
  }
}
