package io.dotp;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.cli.CommandLineRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README and the man page say is what the program does. */
class DocumentationTest {
  private static final Path SOURCES = Path.of("src/main/java/io/dotp");
  private static final Pattern LONG_FLAG = Pattern.compile("--[a-z][a-z0-9-]+");

  @Test
  void flags_ofHelpReadmeAndManPage_areTheSame() throws IOException {
    Set<String> help = matches(LONG_FLAG, help());

    Set<String> readme = new TreeSet<>();
    for (String row : readme().split("\n")) {
      if (row.startsWith("| `-")) {
        readme.addAll(matches(LONG_FLAG, row.split("\\|")[1]));
      }
    }
    Set<String> man = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("contrib/man/dotp.8"))) {
      if (line.startsWith(".BR \\-") || line.startsWith(".B \\-")) {
        man.addAll(matches(LONG_FLAG, line.replace("\\-", "-")));
      }
    }

    assertThat(readme).isEqualTo(help);
    assertThat(man).isEqualTo(help);
  }

  @Test
  void paths_namedInTheReadme_exist() throws IOException {
    Set<String> paths =
        matches(
            Pattern.compile("(?<![\\w/])(?:contrib|nft|test-fixtures)/[A-Za-z0-9./_-]*[A-Za-z0-9]"),
            readme());

    assertThat(paths).isNotEmpty().allMatch(path -> Files.exists(Path.of(path)));
  }

  @Test
  void map_ofTheEightFiles_namesFilesThatExist() throws IOException {
    List<String> files = new ArrayList<>();
    Matcher row =
        Pattern.compile("^\\| \\d \\| `([a-zA-Z/]+)`", Pattern.MULTILINE).matcher(readme());
    while (row.find()) {
      files.add(row.group(1) + ".java");
    }

    assertThat(files).hasSize(8).allMatch(file -> Files.exists(SOURCES.resolve(file)));
  }

  @Test
  void packages_inTheReadme_areThoseOfTheSource() throws IOException {
    Set<String> documented = new TreeSet<>();
    String map = readme().substring(readme().indexOf("| package | one line |"));
    for (String row : map.substring(0, map.indexOf("\n\n")).split("\n")) {
      String names = row.split("\\|")[1];
      documented.addAll(matches(Pattern.compile("(?<=`)[a-z.]+(?=`)"), names));
    }
    Set<String> real = new TreeSet<>();
    try (Stream<Path> all = Files.walk(SOURCES)) {
      all.filter(file -> file.endsWith("package-info.java"))
          .map(file -> SOURCES.relativize(file.getParent()).toString().replace('/', '.'))
          .filter(name -> !name.isEmpty())
          .forEach(real::add);
    }

    assertThat(documented).isEqualTo(real);
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  private static String help() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    int status = new CommandLineRun(Map.of(), stream, stream).run(new String[] {"--help"});
    assertThat(status).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Set<String> matches(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }
}
