package io.dotp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments from files, and the place that a mistake is told with. */
class ArgumentsTest {
  @TempDir Path directory;

  private Arguments of(String... typed) {
    return new Arguments(typed, directory);
  }

  private void write(String text) throws IOException {
    Files.writeString(directory.resolve("names"), text);
  }

  @Test
  void file_wordsQuotesAndComments_standInItsPlace() throws IOException {
    write(
        "# ours\n-d one.org  -d two.org # both\n\n--hosts-file \"a file\"\ntls://192.0.2.1#x '#'");

    Arguments arguments = of("-H", "192.0.2.9", "@names", "--dry-run");

    assertThat(arguments.mistakes()).isEmpty();
    assertThat(arguments.texts())
        .containsExactly(
            "-H",
            "192.0.2.9",
            "-d",
            "one.org",
            "-d",
            "two.org",
            "--hosts-file",
            "a file",
            "tls://192.0.2.1#x",
            "#",
            "--dry-run");
  }

  @Test
  void file_afterPoolKey_isLeftToThatFlag() throws IOException {
    write("00112233445566778899aabbccddeeff");

    assertThat(of("--pool-key", "@names").texts()).containsExactly("--pool-key", "@names");
  }

  @Test
  void file_missing_isNamedWithWhatToDo() {
    assertThat(of("@names").mistakes())
        .singleElement()
        .asString()
        .startsWith("@" + directory.resolve("names"))
        .contains("no such file; write it");
  }

  @Test
  void file_notUtf8_isAMistake() throws IOException {
    Files.write(directory.resolve("names"), new byte[] {'-', 'd', ' ', (byte) 0xff});

    assertThat(of("@names").mistakes()).singleElement().asString().contains("not UTF-8");
  }

  @Test
  void file_isADirectory_isAMistake() {
    assertThat(of("@.").mistakes()).singleElement().asString().contains("cannot be read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--domain: 'a..b' is bad | 2",
        "--fake-ttl: 'a..b' is no number | 4",
        "--ipv4-prefix: 'x' is no prefix | 5",
        "Unknown option: '--nonsense' | 6",
        "--port: '53' is no port | 0",
        "--host: 'y' is no address | 0",
        "--domain: is required | 0",
      })
  void located_mistake_hasFileAndLine(String mistake, int line) throws IOException {
    write("-d one.org\n-d a..b\n53\n--fake-ttl=a..b\n-4x\n--nonsense");

    String located = of("-p", "53", "@names", "-H", "y").located(mistake, ArgumentsTest::names);

    String place = line == 0 ? "" : directory.resolve("names") + ":" + line + ": ";
    assertThat(located).isEqualTo(place + mistake);
  }

  private static List<String> names(String flag) {
    return switch (flag) {
      case "--domain" -> List.of("-d", "--domain");
      case "--ipv4-prefix" -> List.of("-4", "--ipv4-prefix");
      default -> List.of(flag);
    };
  }
}
