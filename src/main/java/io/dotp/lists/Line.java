package io.dotp.lists;

import java.nio.charset.StandardCharsets;

/**
 * One line, or a part of it, in the buffer of its reader: bytes {@code [from, to)}. Reused for
 * every line, so nobody keeps it. Thread: one.
 */
final class Line {
  private byte[] bytes = new byte[0];
  private int from;
  private int to;
  private int number;
  private boolean tooLong;

  /** A line without its end; white space at both ends is left out. */
  void set(byte[] buffer, int start, int end, int lineNumber, boolean cut) {
    bytes = buffer;
    from = start;
    to = end;
    number = lineNumber;
    tooLong = cut;
    trim();
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /** 1 for the first line of a file. */
  int number() {
    return number;
  }

  /** Whether the line was longer than a reader takes; nothing of it is here then. */
  boolean isTooLong() {
    return tooLong;
  }

  boolean isEmpty() {
    return from == to;
  }

  private void trim() {
    while (from < to && isSpace(bytes[from])) {
      from++;
    }
    while (from < to && isSpace(bytes[to - 1])) {
      to--;
    }
  }

  static boolean isSpace(byte octet) {
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\f';
  }

  /** Whether the line begins with {@code prefix}, which is ASCII in lower case, in any case. */
  boolean startsWith(String prefix) {
    if (to - from < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (lower(bytes[from + i]) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte octet) {
    return octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
  }

  /** Leaves {@code prefix} out if the line begins with it. */
  boolean skip(String prefix) {
    if (!startsWith(prefix)) {
      return false;
    }
    from += prefix.length();
    return true;
  }

  /** Leaves the end of the line out if it is {@code octet}. */
  boolean dropLast(char octet) {
    if (isEmpty() || bytes[to - 1] != octet) {
      return false;
    }
    to--;
    return true;
  }

  /** Leaves out all but the first {@code length} bytes. */
  void keep(int length) {
    to = from + length;
  }

  /** Where {@code octet} is for the first time, counted in {@link #bytes}; -1 for nowhere. */
  int indexOf(char octet) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == octet) {
        return i;
      }
    }
    return -1;
  }

  /** Cuts a comment off: from {@code #} to the end. */
  void cutComment() {
    int comment = indexOf('#');
    if (comment >= 0) {
      to = comment;
      trim();
    }
  }

  /** Cuts a comment off that stands alone or behind white space: elsewhere # is a character. */
  void cutSpacedComment() {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '#' && (i == from || isSpace(bytes[i - 1]))) {
        to = i;
        trim();
        return;
      }
    }
  }

  /** Takes the first word off, up to white space, and makes {@code word} that word. */
  void takeWord(Line word) {
    int end = from;
    while (end < to && !isSpace(bytes[end])) {
      end++;
    }
    word.set(bytes, from, end, number, false);
    from = end;
    trim();
  }

  String text() {
    return text(from, to);
  }

  String text(int start, int end) {
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }
}
