package io.dotp.config;

/**
 * A name of the configuration that means something else than itself with everything below it.
 *
 * @param text without the word in front: a name, letters of one, or an expression of RE2
 * @param place where it stands, which a mistake about it begins with
 */
public record NamePattern(Kind kind, String text, String place) {
  /** What the text means. */
  public enum Kind {
    /** This name alone. */
    FULL,
    /** All names whose text holds it. */
    KEYWORD,
    /** All names in whose text RE2 finds it. */
    REGEXP
  }
}
