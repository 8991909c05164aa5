package io.dotp.dns.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostsFilesTest {
  @TempDir Path directory;

  @Test
  void check_changedFile_isReadAgain() throws IOException {
    Path file = Files.writeString(directory.resolve("hosts"), "192.0.2.1 a.lan\n");
    HostsFiles files = new HostsFiles(List.of(file));
    assertThat(files.load()).isNull();
    HostsTable before = files.table();

    files.check();
    assertThat(files.table()).isSameAs(before);
    Files.writeString(file, "192.0.2.1 a.lan\n192.0.2.2 b.lan\n");
    files.check();

    assertThat(files.table().size()).isEqualTo(2);
  }

  @Test
  void check_fileReplacedByOneOfTheSameSize_isReadAgain() throws IOException {
    Path file = Files.writeString(directory.resolve("hosts"), "192.0.2.1 a.lan\n");
    HostsFiles files = new HostsFiles(List.of(file));
    assertThat(files.load()).isNull();
    HostsTable before = files.table();
    Path other = Files.writeString(directory.resolve("new"), "192.0.2.1 b.lan\n");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));

    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    files.check();

    assertThat(files.table()).isNotSameAs(before);
  }

  @Test
  void check_fileThatIsGone_keepsWhatItSaidUntilItIsBack() throws IOException {
    Path file = Files.writeString(directory.resolve("hosts"), "192.0.2.1 a.lan\n");
    HostsFiles files = new HostsFiles(List.of(file));
    assertThat(files.load()).isNull();

    Files.delete(file);
    files.check();
    assertThat(files.table().size()).isEqualTo(1);
    Files.writeString(file, "192.0.2.1 a.lan\n192.0.2.2 b.lan\n192.0.2.3 c.lan\n");
    files.check();

    assertThat(files.table().size()).isEqualTo(3);
  }

  @Test
  void load_fileThatCannotBeRead_saysWhy() {
    HostsFiles missing = new HostsFiles(List.of(directory.resolve("none")));
    HostsFiles noFile = new HostsFiles(List.of(directory));

    assertThat(missing.load()).endsWith("none: no such file");
    assertThat(noFile.load()).endsWith(": is a directory");
    assertThat(missing.table().isEmpty()).isTrue();
  }
}
