package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Plays every scenario file against a whole daemon on loopback, over a dry-run kernel. */
class ScenarioTest {
  private static final Path DIRECTORY = Path.of("test-fixtures/scenarios");

  @TempDir Path stateDirectories;

  @TestFactory
  Stream<DynamicTest> scenarios() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(DIRECTORY)) {
      files = all.filter(file -> file.toString().endsWith(".scn")).sorted().toList();
    }
    assertThat(files).hasSizeGreaterThan(10);
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> play(file)));
  }

  private void play(Path file) throws Exception {
    Scenario scenario = Scenario.read(file);
    try (ScenarioRun run =
        new ScenarioRun(scenario, stateDirectories.resolve(file.getFileName().toString()))) {
      run.play();
    }
  }
}
