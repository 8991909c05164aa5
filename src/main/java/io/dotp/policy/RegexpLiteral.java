package io.dotp.policy;

/**
 * A piece of text that every name has in which an expression of RE2 is found: most names have none
 * of the pieces, and then no expression is tried on them. Looks at the outermost level only.
 */
final class RegexpLiteral {
  private final String regexp;
  private final StringBuilder run = new StringBuilder();
  private String longest = "";
  private int at;

  private RegexpLiteral(String regexp) {
    this.regexp = regexp;
  }

  /**
   * @param regexp that compiles
   * @return letters of keywords, empty when no piece can be told
   */
  static String of(String regexp) {
    // Flags change what letters mean, and \Q what everything means.
    if (regexp.contains("(?") || regexp.contains("\\Q")) {
      return "";
    }
    RegexpLiteral literal = new RegexpLiteral(regexp);
    return literal.read() ? literal.longest : "";
  }

  /** Reads all; false when there are alternatives, of which none has to be there. */
  private boolean read() {
    while (at < regexp.length()) {
      char c = regexp.charAt(at++);
      switch (c) {
        case '|' -> {
          return false;
        }
        case '(' -> skipGroup();
        case '[' -> skipClass();
        case '*', '+', '?', '{' -> dropRepeated(c);
        case '\\' -> readEscape();
        default -> {
          if (KeywordMatcher.isLetter(c) && c != '.') {
            run.append(c);
          } else {
            endRun();
          }
        }
      }
    }
    endRun();
    return true;
  }

  private void endRun() {
    if (run.length() > longest.length()) {
      longest = run.toString();
    }
    run.setLength(0);
  }

  /** The last letter may be missing or come again; what was before it stands. */
  private void dropRepeated(char operator) {
    if (!run.isEmpty()) {
      run.setLength(run.length() - 1);
    }
    endRun();
    int end = operator == '{' ? regexp.indexOf('}', at) : -1;
    at = end < 0 ? at : end + 1;
  }

  private void readEscape() {
    char escaped = regexp.charAt(at++);
    if (escaped == '.' || escaped == '-') {
      run.append(escaped);
    } else {
      endRun();
      int end = regexp.startsWith("{", at) ? regexp.indexOf('}', at) : -1;
      // The octets of \x61 and \141 are no letters of their own.
      boolean number = escaped == 'x' || Character.isDigit(escaped);
      at = end >= 0 ? end + 1 : Math.min(regexp.length(), at + (number ? 2 : 0));
      at += escaped == 'p' || escaped == 'P' ? (end < 0 ? 1 : 0) : 0;
    }
  }

  private void skipGroup() {
    endRun();
    for (int depth = 1; depth > 0 && at < regexp.length(); ) {
      switch (regexp.charAt(at++)) {
        case '(' -> depth++;
        case ')' -> depth--;
        case '\\' -> at++;
        case '[' -> skipClass();
        default -> {
          // Part of the group.
        }
      }
    }
  }

  private void skipClass() {
    endRun();
    at += regexp.startsWith("^", at) ? 1 : 0;
    at += regexp.startsWith("]", at) ? 1 : 0;
    while (at < regexp.length()) {
      char c = regexp.charAt(at++);
      if (c == ']') {
        return;
      }
      if (c == '\\') {
        at++;
      } else if (c == '[' && regexp.startsWith(":", at) && regexp.indexOf(":]", at + 1) > 0) {
        at = regexp.indexOf(":]", at + 1) + 2;
      }
    }
  }
}
