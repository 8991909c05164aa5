package io.dotp.lists;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which rules of a list with attributes are meant: those that have all of {@code with} and none of
 * {@code without}. Names are in lower case and without the {@code @}.
 */
public record AttributeFilter(List<String> with, List<String> without) {
  /** Every rule. */
  public static final AttributeFilter ALL = new AttributeFilter(List.of(), List.of());

  public AttributeFilter {
    with = List.copyOf(with);
    without = List.copyOf(without);
  }

  /**
   * Parses {@code @attribute} and {@code @-attribute}.
   *
   * @return null when one of the words is neither
   */
  public static @Nullable AttributeFilter parse(List<String> words) {
    List<String> with = new ArrayList<>();
    List<String> without = new ArrayList<>();
    for (String word : words) {
      boolean negated = word.startsWith("@-");
      String name = word.substring(Math.min(word.length(), negated ? 2 : 1));
      if (!word.startsWith("@") || !isName(name)) {
        return null;
      }
      (negated ? without : with).add(name.toLowerCase(Locale.ROOT));
    }
    return new AttributeFilter(with, without);
  }

  /** Whether v2fly would take {@code text} for the name of an attribute or of a list. */
  static boolean isName(String text) {
    boolean allowed =
        text.chars()
            .allMatch(
                c -> c < 128 && Character.isLetterOrDigit(c) || c == '!' || c == '-' || c == '_');
    return allowed && !text.isEmpty() && !text.startsWith("-");
  }

  boolean admits(List<String> attributes) {
    return attributes.containsAll(with) && without.stream().noneMatch(attributes::contains);
  }
}
