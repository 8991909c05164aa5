package io.dotp.lists;

import io.dotp.config.ListFormat;
import io.dotp.name.NameText;
import io.dotp.name.WireName;
import io.dotp.policy.NameRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the reader of a format finds, line by line, and judges the list at the end. Between
 * {@link #beginLine} and {@link #endLine} any of the other methods may be called any number of
 * times; one mistake makes the line a bad one, its good names count all the same. Thread: one.
 */
final class RuleCollector {
  /** Bad lines that are kept as text; the others are only counted. */
  static final int MAX_BAD_LINES = 10;

  /** Characters of foreign text that a message repeats. */
  private static final int MAX_SHOWN = 60;

  private final int maxRules;
  private final NameRules.Builder rules = new NameRules.Builder();
  private final WireName name = new WireName();
  private final List<String> badLines = new ArrayList<>();
  private String file = "";
  private int lineNumber;
  private int good;
  private int bad;
  private int notApplicable;
  private @Nullable String mistake;
  private boolean anyRule;
  private boolean anyOther;
  private @Nullable String refusal;
  private @Nullable RuleFinder finder;

  RuleCollector(int maxRules) {
    this.maxRules = maxRules;
  }

  /** Where a collector was at some time. */
  static final class Mark {
    private final NameRules.Mark rules;
    private final int good;
    private final int found;

    private Mark(RuleCollector collector) {
      this.rules = collector.rules.mark();
      this.good = collector.good;
      this.found = collector.finder == null ? 0 : collector.finder.count();
    }
  }

  /** Says which file the next lines are of. */
  void file(String newFile) {
    file = newFile;
  }

  /** Tells {@code listener} about every rule that is taken. */
  void tell(RuleFinder listener) {
    finder = listener;
  }

  void beginLine(int number) {
    lineNumber = number;
    mistake = null;
    anyRule = false;
    anyOther = false;
  }

  /** Begins the next entry of a format without lines; entries are counted from 1. */
  void nextEntry() {
    beginLine(lineNumber + 1);
  }

  /** A name and everything below it, as UTF-8. */
  void suffix(byte[] text, int from, int to) {
    if (parsed(text, from, to)) {
      rules.suffix(name);
      if (finder != null) {
        finder.suffix(name, place());
      }
      taken();
    }
  }

  /** A name alone, as UTF-8. */
  void exact(byte[] text, int from, int to) {
    if (parsed(text, from, to)) {
      rules.exact(name);
      if (finder != null) {
        finder.exact(name, place());
      }
      taken();
    }
  }

  /** A name that, with everything below it, does not belong to the list, as UTF-8. */
  void exclude(byte[] text, int from, int to) {
    if (parsed(text, from, to)) {
      rules.exclude(name);
      if (finder != null) {
        finder.exclude(name, place());
      }
      taken();
    }
  }

  void keyword(String keyword) {
    String wrong = rules.keyword(keyword);
    takenUnless(wrong);
    if (finder != null && wrong == null) {
      finder.keyword(keyword, place());
    }
  }

  void regexp(String regexp) {
    String wrong = rules.regexp(regexp);
    takenUnless(wrong);
    if (finder != null && wrong == null) {
      finder.regexp(regexp, place());
    }
  }

  private String place() {
    return file + ":" + lineNumber;
  }

  /** A rule of the format that an attribute filter leaves out. */
  void leftOut() {
    anyRule = true;
  }

  /** Something that is right in the format and no rule about names. */
  void notApplicable() {
    anyOther = true;
  }

  /** Something that is wrong in the format. */
  void mistake(String reason) {
    if (mistake == null) {
      mistake = reason;
    }
  }

  private boolean parsed(byte[] text, int from, int to) {
    String wrong = NameText.parse(text, from, to, name);
    if (wrong != null) {
      mistake(wrong + ": " + shown(new String(text, from, to - from, StandardCharsets.UTF_8)));
    }
    return wrong == null;
  }

  private void takenUnless(@Nullable String wrong) {
    if (wrong == null) {
      taken();
    } else {
      mistake(wrong);
    }
  }

  private void taken() {
    anyRule = true;
    if (rules.size() > maxRules) {
      refuse("has more than " + maxRules + " rules");
    }
  }

  /** Counts the line as what its parts have made it. */
  void endLine() {
    if (mistake != null) {
      bad++;
      if (badLines.size() < MAX_BAD_LINES) {
        badLines.add(file + ":" + lineNumber + ": " + mistake);
      }
    } else if (anyRule) {
      good++;
    } else if (anyOther) {
      notApplicable++;
    }
  }

  /** For {@link #rollback}. */
  Mark mark() {
    return new Mark(this);
  }

  /** Forgets the rules since {@code mark} and the lines that gave them, but no bad lines. */
  void rollback(Mark mark) {
    rules.rollback(mark.rules);
    good = mark.good;
    if (finder != null) {
      finder.forget(mark.found);
    }
  }

  /** Refuses the list, with what was wrong first; there is no sense in reading on. */
  void refuse(String reason) {
    if (refusal == null) {
      refusal = reason;
    }
  }

  /** As {@link #refuse}, for what is wrong at the line that was begun last. */
  void refuseHere(String reason) {
    refuse(file + ":" + lineNumber + ": " + reason);
  }

  boolean isRefused() {
    return refusal != null;
  }

  /**
   * The judgement. What is not applicable counts for neither side: a filter for browsers would hide
   * any number of bad lines behind its other rules.
   */
  ListResult result(ListFormat format, String source) {
    if (refusal != null) {
      return new ListResult.Refused(source + ": " + refusal, badLines);
    }
    String readAs = ", read as " + format.text();
    if (bad * 10L > (long) good + bad) {
      String share = bad + " of " + (good + bad) + " lines are bad, more than 10 %" + readAs;
      return new ListResult.Refused(source + ": " + share, badLines);
    }
    if (good == 0 && notApplicable > 0) {
      String none = "none of " + notApplicable + " lines gives a name" + readAs;
      return new ListResult.Refused(source + ": " + none, badLines);
    }
    ListCounts counts = new ListCounts(good, bad, notApplicable, rules.size());
    return new ListResult.Loaded(rules.build(), format, counts, badLines);
  }

  /** Foreign text as a message may show it: short, and nothing that a terminal obeys. */
  static String shown(String text) {
    StringBuilder safe = new StringBuilder("'");
    for (int i = 0; i < text.length() && i < MAX_SHOWN; i++) {
      char c = text.charAt(i);
      safe.append(Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c);
    }
    return safe.append(text.length() > MAX_SHOWN ? "...'" : "'").toString();
  }
}
