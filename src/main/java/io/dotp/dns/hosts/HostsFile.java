package io.dotp.dns.hosts;

import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The text of one file in the format of hosts(5): an address, white space, names; {@code #} begins
 * a comment. UTF-8, with or without a byte order mark; lines end in LF or CRLF. A bad name or line
 * is reported and passed over, the rest counts.
 */
final class HostsFile {
  /** Mistakes that are kept as text; all are counted. */
  private static final int MOST_REPORTED = 10;

  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final String source;
  private final HostsTable.Builder table;
  private final List<String> mistakes = new ArrayList<>();
  private int mistakeCount;

  /**
   * What came of it.
   *
   * @param mistakes the first ones, as {@code file:line: message}
   * @param mistakeCount all of them
   * @param tooLong whether the entries exceed what a table holds; the table is of no use then
   */
  record Report(List<String> mistakes, int mistakeCount, boolean tooLong) {
    Report {
      mistakes = List.copyOf(mistakes);
    }
  }

  private HostsFile(String source, HostsTable.Builder table) {
    this.source = source;
    this.table = table;
  }

  /**
   * Adds what {@code content} says to {@code table}.
   *
   * @param source name of the file, for messages
   */
  static Report read(String source, byte[] content, HostsTable.Builder table) {
    HostsFile file = new HostsFile(source, table);
    boolean tooLong = file.read(content);
    return new Report(file.mistakes, file.mistakeCount, tooLong);
  }

  private boolean read(byte[] content) {
    int number = 0;
    int from = 0;
    while (from < content.length) {
      int end = from;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      number++;
      String line = new String(content, from, end - from, StandardCharsets.UTF_8);
      if (number == 1 && line.startsWith(BYTE_ORDER_MARK)) {
        line = line.substring(1);
      }
      readLine(number, line);
      if (table.isFull()) {
        return true;
      }
      from = end + 1;
    }
    return false;
  }

  private void readLine(int number, String line) {
    int comment = line.indexOf('#');
    String text = (comment < 0 ? line : line.substring(0, comment)).trim();
    if (text.isEmpty()) {
      return;
    }
    String[] words = text.split("\\s+");
    IpAddress address = IpAddress.parse(words[0]);
    if (address == null) {
      mistake(number, "no IPv4 or IPv6 address: " + shown(words[0]));
      return;
    }
    if (words.length == 1) {
      mistake(number, "an address without a name");
      return;
    }
    readNames(number, address.unmapped(), words);
  }

  private void readNames(int number, IpAddress address, String[] words) {
    for (int i = 1; i < words.length && !table.isFull(); i++) {
      DomainName name;
      try {
        name = name(words[i]);
      } catch (IllegalArgumentException e) {
        mistake(number, shown(words[i]) + ": " + e.getMessage());
        continue;
      }
      String refused = table.add(name, address);
      if (refused != null) {
        mistake(number, refused);
      } else if (i == 1) {
        table.addReverse(address, name);
      }
    }
  }

  /** Host names have no underscores, but names that people put into these files have. */
  private static DomainName name(String text) {
    DomainName name = DomainName.parse(text.replace('_', 'a'));
    if (text.indexOf('_') < 0) {
      return name;
    }
    byte[] wire = new byte[name.length()];
    name.copyTo(wire, 0);
    String lower = text.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      if (lower.charAt(i) > 127) {
        throw new IllegalArgumentException("an underscore in an internationalised name");
      }
      if (lower.charAt(i) == '_') {
        wire[i + 1] = '_';
      }
    }
    return DomainName.ofCanonical(wire, wire.length);
  }

  /** A terminal must not obey what a file says. */
  private static String shown(String word) {
    StringBuilder text = new StringBuilder("'");
    word.chars().limit(80).forEach(c -> text.append(c > ' ' && c < 127 ? (char) c : '?'));
    return text.append('\'').toString();
  }

  private void mistake(int number, @Nullable String message) {
    mistakeCount++;
    if (mistakes.size() < MOST_REPORTED) {
      mistakes.add(source + ":" + number + ": " + message);
    }
  }
}
