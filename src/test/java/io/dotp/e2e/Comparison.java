package io.dotp.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * In which ways one answer differs from another; IDs and the content of OPT records do not count.
 */
final class Comparison {
  private static final int[] FLAGS = {Flags.AA, Flags.TC, Flags.RD, Flags.RA, Flags.AD, Flags.CD};
  private static final String[] SECTIONS = {"question", "answer", "authority", "additional"};

  private final int ageSeconds;
  private final TreeSet<String> kinds = new TreeSet<>();

  private Comparison(int ageSeconds) {
    this.ageSeconds = ageSeconds;
  }

  /**
   * Names of the differences, none when they are alike.
   *
   * @param ageSeconds by how much TTLs may have gone down since {@code expected}
   */
  static List<String> of(byte @Nullable [] expected, byte @Nullable [] actual, int ageSeconds) {
    if (expected == null || actual == null) {
      return expected == actual
          ? List.of()
          : List.of(actual == null ? "no answer" : "answer where upstream has none");
    }
    Comparison comparison = new Comparison(ageSeconds);
    try {
      comparison.compare(new Message(expected), new Message(actual));
    } catch (IOException e) {
      return List.of("unreadable");
    }
    return List.copyOf(comparison.kinds);
  }

  private void compare(Message expected, Message actual) {
    int theirs = expected.getRcode();
    int ours = actual.getRcode();
    if (theirs != ours) {
      kinds.add("RCODE " + Rcode.string(ours) + " for " + Rcode.string(theirs));
    }
    for (int flag : FLAGS) {
      boolean set = actual.getHeader().getFlag(flag);
      if (set != expected.getHeader().getFlag(flag)) {
        kinds.add(
            (set ? "sets " : "clears ") + Flags.string(flag).toUpperCase(java.util.Locale.ROOT));
      }
    }
    options(expected.getOPT(), actual.getOPT());
    boolean cut = actual.getHeader().getFlag(Flags.TC) || expected.getHeader().getFlag(Flags.TC);
    for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
      // What a cut answer still holds is everybody's own affair: the client asks again over TCP.
      if (!cut || section == Section.QUESTION) {
        section(SECTIONS[section], lines(expected, section), lines(actual, section));
      }
    }
  }

  private void options(@Nullable OPTRecord expected, @Nullable OPTRecord actual) {
    if ((expected == null) != (actual == null)) {
      kinds.add(actual == null ? "no OPT" : "OPT where upstream has none");
    } else if (expected != null && actual != null && expected.getFlags() != actual.getFlags()) {
      kinds.add("DO differs");
    }
  }

  /** A record with its TTL taken off. */
  private record Line(String text, long ttl) {}

  private static List<Line> lines(Message message, int section) {
    List<Line> lines = new ArrayList<>();
    for (Record entry : message.getSection(section)) {
      if (entry.getType() != Type.OPT) {
        lines.add(
            new Line(
                entry.getName()
                    + " "
                    + entry.getDClass()
                    + " "
                    + Type.string(entry.getType())
                    + " "
                    + entry.rdataToString(),
                entry.getTTL()));
      }
    }
    return lines;
  }

  private void section(String section, List<Line> expected, List<Line> actual) {
    List<String> theirs = expected.stream().map(Line::text).toList();
    List<String> ours = actual.stream().map(Line::text).toList();
    if (theirs.equals(ours)) {
      ttls(section, expected, actual);
      return;
    }
    Map<String, Integer> surplus = surplus(theirs, ours, text -> text);
    if (surplus.isEmpty()) {
      kinds.add(section + ": other order");
      return;
    }
    Map<String, Integer> regardless =
        surplus(theirs, ours, text -> text.toLowerCase(java.util.Locale.ROOT));
    if (regardless.isEmpty()) {
      kinds.add(section + ": letters of a name");
      return;
    }
    if (regardless.values().stream().anyMatch(count -> count < 0)) {
      kinds.add(section + ": records missing");
    }
    if (regardless.values().stream().anyMatch(count -> count > 0)) {
      kinds.add(section + ": records added");
    }
  }

  private static Map<String, Integer> surplus(
      List<String> theirs, List<String> ours, java.util.function.UnaryOperator<String> form) {
    Map<String, Integer> surplus = new TreeMap<>();
    ours.forEach(text -> surplus.merge(form.apply(text), 1, Integer::sum));
    theirs.forEach(text -> surplus.merge(form.apply(text), -1, Integer::sum));
    surplus.values().removeIf(count -> count == 0);
    return surplus;
  }

  private void ttls(String section, List<Line> expected, List<Line> actual) {
    for (int i = 0; i < expected.size(); i++) {
      long older = expected.get(i).ttl() - actual.get(i).ttl();
      // A resolver makes the CNAME below a DNAME anew now and then, with a TTL of its own choice.
      boolean made = ageSeconds > 0 && i > 0 && isBelowDname(expected, i);
      if (made) {
        continue;
      }
      if (older < 0 || older > ageSeconds) {
        kinds.add(section + ": " + (older < 0 ? "longer" : "shorter") + " TTL");
      }
    }
  }

  private static boolean isBelowDname(List<Line> lines, int index) {
    return lines.get(index).text().contains(" CNAME ")
        && lines.get(index - 1).text().contains(" DNAME ");
  }
}
