package io.dotp.lists;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file of v2fly's domain-list-community with the files that it includes: all lie in one directory
 * and are called by their names. Thread: one.
 *
 * <p>Source: README of v2fly/domain-list-community; the plain text that it is exported to is read,
 * too ({@code domain:example.org:@attribute}).
 */
final class V2flyReader {
  /*
   * An include with attributes takes only the rules of the other list that pass its filter, those
   * that the other list has by its own includes and by affiliation among them. So a rule has to
   * pass the filters of all includes that lead to it.
   */

  private final RuleCollector rules;
  private final ListLimits limits;
  private final BoundedInput.Budget budget;
  private final Path directory;
  private final Deque<String> open = new ArrayDeque<>();
  private final Line word = new Line();
  private @Nullable V2flyAffiliations affiliations;
  private int includes;

  /**
   * @param directory of the list and of all that it includes
   */
  V2flyReader(RuleCollector rules, ListLimits limits, BoundedInput.Budget budget, Path directory) {
    this.rules = rules;
    this.limits = limits;
    this.budget = budget;
    this.directory = directory;
  }

  /** Reads the list whose file {@code in} is. */
  void read(InputStream in, String list, AttributeFilter filter) throws IOException {
    readList(in, list, List.of(filter));
  }

  private void readList(InputStream in, String list, List<AttributeFilter> filters)
      throws IOException {
    open.addLast(list);
    String shown = directory.resolve(list).toString();
    rules.file(shown);
    LineReader lines = new LineReader(in);
    Line line = new Line();
    while (!rules.isRefused() && lines.next(line)) {
      rules.beginLine(line.number());
      readLine(line, filters);
      rules.endLine();
      rules.file(shown);
    }
    if (AttributeFilter.isName(list) && !rules.isRefused()) {
      readAffiliated(list, filters);
    }
    open.removeLast();
  }

  private void readLine(Line line, List<AttributeFilter> filters) throws IOException {
    line.cutComment();
    if (line.isTooLong()) {
      rules.mistake(DomainListParser.TOO_LONG);
    } else if (line.skip("include:")) {
      line.takeWord(word);
      include(word.text(), words(line), filters);
      // What the other file's last line was is not what this one is.
      rules.beginLine(line.number());
    } else if (!line.isEmpty()) {
      readRule(line, filters);
    }
  }

  /** Reads a line that is no include. */
  private void readRule(Line line, List<AttributeFilter> filters) {
    line.takeWord(word);
    List<String> attributes = new ArrayList<>();
    takeExportedAttributes(word, attributes);
    for (String text : words(line)) {
      String name = text.substring(1);
      if (text.charAt(0) == '@' && AttributeFilter.isName(name)) {
        attributes.add(name.toLowerCase(Locale.ROOT));
      } else if (text.charAt(0) != '&' || !AttributeFilter.isName(name)) {
        rules.mistake("neither @attribute nor &list: " + RuleCollector.shown(text));
        return;
      }
    }
    if (!filters.stream().allMatch(filter -> filter.admits(attributes))) {
      rules.leftOut();
    } else if (word.skip("regex:")) {
      rules.regexp(word.text());
    } else if (!PlainLines.readPrefixed(word, rules)) {
      rules.suffix(word.bytes(), word.from(), word.to());
    }
  }

  /** {@code domain:example.org:@a,@b} of an export. */
  private static void takeExportedAttributes(Line rule, List<String> attributes) {
    String text = rule.text();
    int at = text.indexOf(":@");
    if (at < 0) {
      return;
    }
    for (String attribute : text.substring(at + 1).split(",")) {
      attributes.add(
          attribute.substring(attribute.startsWith("@") ? 1 : 0).toLowerCase(Locale.ROOT));
    }
    rule.keep(text.substring(0, at).getBytes(StandardCharsets.UTF_8).length);
  }

  static List<String> words(Line line) {
    List<String> words = new ArrayList<>();
    Line word = new Line();
    while (!line.isEmpty()) {
      line.takeWord(word);
      words.add(word.text());
    }
    return words;
  }

  private void include(String name, List<String> selection, List<AttributeFilter> filters)
      throws IOException {
    AttributeFilter filter = AttributeFilter.parse(selection);
    if (filter == null || !AttributeFilter.isName(name)) {
      rules.refuseHere("an include is include:NAME @attribute @-attribute");
      return;
    }
    String list = existing(name);
    String shown = "include:" + name;
    if (list == null) {
      rules.refuseHere(shown + ": no such file beside this one");
    } else if (open.contains(list)) {
      rules.refuseHere(shown + " is a circle: " + String.join(" > ", open) + " > " + list);
    } else if (open.size() > limits.maxIncludeDepth()) {
      rules.refuseHere(shown + ": more than " + limits.maxIncludeDepth() + " files in each other");
    } else if (++includes > limits.maxIncludes()) {
      rules.refuseHere(shown + ": more than " + limits.maxIncludes() + " includes in one list");
    } else {
      List<AttributeFilter> all = new ArrayList<>(filters);
      all.add(filter);
      try (InputStream in = open(list)) {
        readList(in, list, all);
      }
    }
  }

  /** The name of the list's file: names of lists are compared without regard to case. */
  private @Nullable String existing(String name) {
    for (String spelling : List.of(name, name.toLowerCase(Locale.ROOT))) {
      if (Files.isRegularFile(directory.resolve(spelling))) {
        return spelling;
      }
    }
    return null;
  }

  private InputStream open(String list) throws IOException {
    return new BoundedInput(Files.newInputStream(directory.resolve(list)), budget);
  }

  /** Reads the rules of other lists that say that they belong to this one as well. */
  private void readAffiliated(String list, List<AttributeFilter> filters) throws IOException {
    if (affiliations == null) {
      affiliations = V2flyAffiliations.read(directory, budget, limits.maxIncludes());
    }
    for (V2flyAffiliations.Rule rule : affiliations.of(list)) {
      byte[] text = rule.text().getBytes(StandardCharsets.UTF_8);
      Line line = new Line();
      line.set(text, 0, text.length, rule.lineNumber(), false);
      rules.file(directory.resolve(rule.file()).toString());
      rules.beginLine(rule.lineNumber());
      readRule(line, filters);
      rules.endLine();
    }
  }
}
