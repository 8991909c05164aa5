package io.dotp.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one list, or one key of the configuration, says about names: names with everything below
 * them, names alone, keywords, regular expressions, and exclusions. Immutable once built. Thread:
 * any.
 */
public final class NameRules {
  private final NameBuffer names;
  private final NameBuffer excluded;
  private final List<String> keywords;
  private final List<Pattern> regexps;

  private NameRules(Builder builder) {
    this.names = builder.names;
    this.excluded = builder.excluded;
    this.keywords = List.copyOf(builder.keywords);
    this.regexps = List.copyOf(builder.regexps);
  }

  /** The names and everything below them. */
  public static NameRules ofSuffixes(List<DomainName> names) {
    Builder builder = new Builder();
    for (DomainName name : names) {
      builder.suffix(name);
    }
    return builder.build();
  }

  /** Number of rules of every kind. */
  public int size() {
    return names.size() + excluded.size() + keywords.size() + regexps.size();
  }

  /** Bytes of heap that the names take. */
  public long retainedBytes() {
    return names.bytes() + excluded.bytes();
  }

  /** Names with the value 0, and with {@link SuffixSet#EXACT} for those that stand alone. */
  NameBuffer names() {
    return names;
  }

  /** Names that, with everything below them, no rule of the route matches. */
  NameBuffer excluded() {
    return excluded;
  }

  List<String> keywords() {
    return keywords;
  }

  List<Pattern> regexps() {
    return regexps;
  }

  /** Where a builder was at some time. */
  public static final class Mark {
    private final NameBuffer.Mark names;
    private final NameBuffer.Mark excluded;
    private final int keywords;
    private final int keywordLetters;
    private final int regexps;
    private final int regexpsCost;

    private Mark(Builder builder) {
      this.names = builder.names.mark();
      this.excluded = builder.excluded.mark();
      this.keywords = builder.keywords.size();
      this.keywordLetters = builder.keywordLetters;
      this.regexps = builder.regexps.size();
      this.regexpsCost = builder.regexpsCost;
    }
  }

  /** Collects rules. Thread: one. */
  public static final class Builder {
    /** Letters of all keywords of a list: each may cost a state of the matcher. */
    static final int MAX_KEYWORD_LETTERS = 1 << 16;

    /** Expressions of a list: each is tried on names that no other rule matches. */
    static final int MAX_REGEXPS = 2_000;

    /** Characters of an expression. */
    static final int MAX_REGEXP_LENGTH = 512;

    /** Instructions of an expression: each may be looked at for each letter of a name. */
    static final int MAX_REGEXP_COST = 2_000;

    /** Instructions of all expressions of a list. */
    static final int MAX_REGEXPS_COST = 1 << 16;

    private final NameBuffer names = new NameBuffer();
    private final NameBuffer excluded = new NameBuffer();
    private final List<String> keywords = new ArrayList<>();
    private final List<Pattern> regexps = new ArrayList<>();
    private final WireName scratch = new WireName();
    private int keywordLetters;
    private int regexpsCost;

    /** Adds a name and everything below it. */
    public void suffix(WireName name) {
      names.add(name.bytes(), name.length(), 0);
    }

    /** Adds a name and everything below it. */
    public void suffix(DomainName name) {
      scratch.length(name.copyTo(scratch.bytes(), 0));
      suffix(scratch);
    }

    /** Adds a name without what is below it. */
    public void exact(WireName name) {
      names.add(name.bytes(), name.length(), SuffixSet.EXACT);
    }

    /** Takes a name and everything below it out of the route, whatever else lists it. */
    public void exclude(WireName name) {
      excluded.add(name.bytes(), name.length(), 0);
    }

    /**
     * Adds all names whose text holds {@code text}.
     *
     * @return null when it was taken, else the mistake
     */
    public @Nullable String keyword(String text) {
      String keyword = text.toLowerCase(Locale.ROOT);
      if (keyword.isEmpty() || keyword.length() > WireName.MAX_LENGTH - 2) {
        return "a keyword of " + keyword.length() + " characters";
      }
      for (int i = 0; i < keyword.length(); i++) {
        if (!KeywordMatcher.isLetter(keyword.charAt(i))) {
          return "a keyword has letters, digits, '-', '_' and '.' only";
        }
      }
      if (keywordLetters + keyword.length() > MAX_KEYWORD_LETTERS) {
        return "the keywords of a list have at most " + MAX_KEYWORD_LETTERS + " letters together";
      }
      keywordLetters += keyword.length();
      keywords.add(keyword);
      return null;
    }

    /**
     * Adds all names in whose text RE2 finds {@code regexp}: lower case, without the final dot.
     *
     * @return null when it was taken, else the mistake
     */
    public @Nullable String regexp(String regexp) {
      if (regexp.isEmpty() || regexp.length() > MAX_REGEXP_LENGTH) {
        return "a regular expression of " + regexp.length() + " characters";
      }
      int cost = RegexpCost.of(regexp);
      if (cost > MAX_REGEXP_COST) {
        return "a regular expression that repeats too much";
      }
      if (regexps.size() == MAX_REGEXPS || cost > MAX_REGEXPS_COST - regexpsCost) {
        return "more regular expressions than a list may have";
      }
      try {
        regexps.add(Pattern.compile(regexp));
        regexpsCost += cost;
        return null;
      } catch (PatternSyntaxException e) {
        return "not a regular expression of RE2: " + e.getDescription();
      }
    }

    /** Number of rules of every kind. */
    public int size() {
      return names.size() + excluded.size() + keywords.size() + regexps.size();
    }

    /** For {@link #rollback}. */
    public Mark mark() {
      return new Mark(this);
    }

    /** Forgets what was added since {@code mark}. */
    public void rollback(Mark mark) {
      names.rollback(mark.names);
      excluded.rollback(mark.excluded);
      keywords.subList(mark.keywords, keywords.size()).clear();
      regexps.subList(mark.regexps, regexps.size()).clear();
      keywordLetters = mark.keywordLetters;
      regexpsCost = mark.regexpsCost;
    }

    /** Ends the collection; the builder is not used afterwards. */
    public NameRules build() {
      names.trim();
      excluded.trim();
      return new NameRules(this);
    }
  }
}
