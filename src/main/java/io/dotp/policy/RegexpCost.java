package io.dotp.policy;

/**
 * An upper bound of the instructions that RE2 makes of an expression, told by its text. It has to
 * be known before: repetitions inside each other multiply, and the library unrolls them all.
 */
final class RegexpCost {
  /** More than any expression may cost; nothing above it is told apart. */
  static final int TOO_MUCH = 1 << 20;

  /** Class of characters by property: one instruction, but thousands of ranges. */
  private static final int PROPERTY = 500;

  /** Instructions that a group or an operator adds. */
  private static final int OVERHEAD = 2;

  private final String text;
  private int at;

  private RegexpCost(String text) {
    this.text = text;
  }

  /**
   * @param text any text, of a length that bounds the depth of its groups
   */
  static int of(String text) {
    RegexpCost cost = new RegexpCost(text);
    long sum = 0;
    while (cost.at < text.length()) {
      // A closing parenthesis without an opening one ends a group early; the library refuses it.
      sum = Math.min(sum + cost.group(), TOO_MUCH);
    }
    return (int) sum;
  }

  /** Reads up to the end of the group that is open, or of the text. */
  private long group() {
    long sum = OVERHEAD;
    long last = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == ')') {
        break;
      }
      long times = c == '{' ? repetitions() : 0;
      if (times > 0) {
        sum = Math.min(sum + last * (times - 1) + OVERHEAD, TOO_MUCH);
        last = Math.min(last * times + OVERHEAD, TOO_MUCH);
      } else if (c == '*' || c == '+' || c == '?') {
        sum += OVERHEAD;
        last += OVERHEAD;
      } else {
        last = atom(c);
        sum = Math.min(sum + last, TOO_MUCH);
      }
    }
    return sum;
  }

  private long atom(char c) {
    return switch (c) {
      case '(' -> group();
      case '[' -> characterClass();
      case '\\' -> escape();
      default -> 1;
    };
  }

  /** The largest number of {@code {n}}, {@code {n,}} or {@code {n,m}}; 0 when it is a literal. */
  private long repetitions() {
    int end = text.indexOf('}', at);
    String inside = end < 0 ? "" : text.substring(at, end);
    if (!inside.matches("[0-9]{1,6}(,[0-9]{0,6})?")) {
      return 0;
    }
    at = end + 1;
    int comma = inside.indexOf(',');
    if (comma < 0) {
      return Math.max(1, Integer.parseInt(inside));
    }
    int least = Integer.parseInt(inside.substring(0, comma));
    String most = inside.substring(comma + 1);
    return Math.max(1, most.isEmpty() ? least + 1 : Math.max(least, Integer.parseInt(most)));
  }

  private long characterClass() {
    long sum = 1;
    // The first bracket, perhaps behind a circumflex, is a character.
    at += text.startsWith("^", at) ? 1 : 0;
    at += text.startsWith("]", at) ? 1 : 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == ']') {
        break;
      }
      if (c == '\\') {
        sum += escape();
      } else if (c == '[' && text.startsWith(":", at) && text.indexOf(":]", at + 1) > 0) {
        at = text.indexOf(":]", at + 1) + 2;
      }
    }
    return sum;
  }

  private long escape() {
    char kind = at < text.length() ? text.charAt(at++) : ' ';
    if (kind == 'Q') {
      int end = text.indexOf("\\E", at);
      int length = (end < 0 ? text.length() : end) - at;
      at = end < 0 ? text.length() : end + 2;
      return length;
    }
    if ((kind == 'p' || kind == 'P' || kind == 'x') && text.startsWith("{", at)) {
      int end = text.indexOf('}', at);
      at = end < 0 ? text.length() : end + 1;
    }
    return kind == 'p' || kind == 'P' ? PROPERTY : 1;
  }
}
