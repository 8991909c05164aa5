package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir Path temporary;

  @Test
  void poolKey_secondStart_isTheSameAndPrivate() throws Exception {
    Path directory = temporary.resolve("a/b");
    byte[] first;
    try (StateDirectory state = StateDirectory.open(directory)) {
      first = state.poolKey();
    }

    byte[] second;
    try (StateDirectory state = StateDirectory.open(directory)) {
      second = state.poolKey();
    }

    assertThat(second).isEqualTo(first).hasSize(16);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve("pool-key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void open_whileAnotherHoldsIt_isRefusedWithTheRemedy() throws Exception {
    try (StateDirectory held = StateDirectory.open(temporary)) {
      assertThat(held).isNotNull();

      assertThatThrownBy(() -> StateDirectory.open(temporary))
          .isInstanceOfSatisfying(
              StartFailure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(ExitCode.FILE);
                assertThat(failure).hasMessageContaining("in use by another dotp");
                assertThat(failure).hasMessageContaining("--state-dir");
              });
    }
  }

  @Test
  void poolKey_damaged_isNotReplacedInSilence() throws Exception {
    Files.write(temporary.resolve("pool-key"), new byte[] {1, 2, 3});
    try (StateDirectory state = StateDirectory.open(temporary)) {
      assertThatThrownBy(state::poolKey)
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("has 3 bytes instead of 16");
    }
  }

  @Test
  void open_pathIsAFile_namesItAndTheRemedy() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> StateDirectory.open(file))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("--state-dir");
  }
}
