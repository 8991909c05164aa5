package io.dotp.lists;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The rules of a directory that say {@code &list}: that they belong to another list as well as to
 * the one in whose file they are. Only files whose names are names of lists are looked at, so a
 * directory with files like {@code vpn.list} costs nothing. Immutable.
 */
final class V2flyAffiliations {
  private final Map<String, List<Rule>> rules = new HashMap<>();

  /**
   * A line with an affiliation.
   *
   * @param file its name in the directory
   * @param text without the comment
   */
  record Rule(String file, int lineNumber, String text) {}

  private V2flyAffiliations() {}

  /**
   * @param maxFiles beyond which a directory is refused
   */
  static V2flyAffiliations read(Path directory, BoundedInput.Budget budget, int maxFiles)
      throws IOException {
    V2flyAffiliations all = new V2flyAffiliations();
    for (String list : lists(directory, maxFiles)) {
      try (InputStream in =
          new BoundedInput(Files.newInputStream(directory.resolve(list)), budget)) {
        all.readList(list, new LineReader(in));
      }
    }
    return all;
  }

  /** In an order that does not depend on the file system. */
  private static List<String> lists(Path directory, int maxFiles) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (AttributeFilter.isName(name) && Files.isRegularFile(file) && Files.isReadable(file)) {
          names.add(name);
        }
        if (names.size() > maxFiles) {
          throw new IOException("more than " + maxFiles + " files in " + directory);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private void readList(String list, LineReader lines) throws IOException {
    Line line = new Line();
    while (lines.next(line)) {
      line.cutComment();
      if (line.indexOf('&') >= 0) {
        Rule rule = new Rule(list, line.number(), line.text());
        for (String word : V2flyReader.words(line)) {
          if (word.startsWith("&")) {
            String target = word.substring(1).toLowerCase(Locale.ROOT);
            rules.computeIfAbsent(target, added -> new ArrayList<>()).add(rule);
          }
        }
      }
    }
  }

  List<Rule> of(String list) {
    return rules.getOrDefault(list.toLowerCase(Locale.ROOT), List.of());
  }
}
