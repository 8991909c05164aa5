package io.dotp.name;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads names as lists write them, from bytes into a {@link WireName}: no texts are made on the way
 * of a good ASCII name, because lists have millions.
 */
public final class NameText {
  /** The lower-case letter, digit, hyphen or underscore that an octet stands for, 0 for none. */
  private static final byte[] LABEL_OCTETS = labelOctets();

  private NameText() {}

  private static byte[] labelOctets() {
    byte[] octets = new byte[128];
    String allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    for (int i = 0; i < allowed.length(); i++) {
      octets[allowed.charAt(i)] = (byte) allowed.charAt(i);
      octets[Character.toUpperCase(allowed.charAt(i))] = (byte) allowed.charAt(i);
    }
    return octets;
  }

  /**
   * Parses letters, digits, hyphens and underscores; IDN becomes A-labels, a final dot is accepted.
   * What ends in a number is an address and not a name.
   *
   * @param text UTF-8
   * @param target undefined after a mistake
   * @return null when {@code target} holds the name, else the mistake
   */
  public static @Nullable String parse(byte[] text, int from, int to, WireName target) {
    for (int i = from; i < to; i++) {
      if (text[i] < 0) {
        return parseInternational(
            new String(text, from, to - from, StandardCharsets.UTF_8), target);
      }
    }
    int end = to > from && text[to - 1] == '.' ? to - 1 : to;
    if (end == from) {
      return "name is empty";
    }
    if (end - from > WireName.MAX_LENGTH - 2) {
      return "name has " + (end - from) + " characters, at most " + (WireName.MAX_LENGTH - 2);
    }
    return toWire(text, from, end, target);
  }

  private static @Nullable String toWire(byte[] text, int from, int end, WireName target) {
    byte[] wire = target.bytes();
    int label = 0;
    int out = 1;
    boolean numeric = true;
    for (int i = from; i <= end; i++) {
      if (i == end || text[i] == '.') {
        String mistake = labelMistake(wire, label + 1, out);
        if (mistake != null) {
          return mistake;
        }
        wire[label] = (byte) (out - label - 1);
        label = out++;
        numeric = i == end ? numeric : true;
      } else {
        byte octet = LABEL_OCTETS[text[i]];
        if (octet == 0) {
          return "character " + DomainName.shown((char) text[i]) + " in a label";
        }
        numeric &= octet >= '0' && octet <= '9';
        wire[out++] = octet;
      }
    }
    wire[label] = 0;
    target.length(label + 1);
    return numeric ? "an address is no name" : null;
  }

  private static @Nullable String labelMistake(byte[] wire, int from, int to) {
    if (from == to) {
      return "empty label";
    }
    if (to - from > WireName.MAX_LABEL_LENGTH) {
      return "a label is longer than " + WireName.MAX_LABEL_LENGTH + " characters";
    }
    return wire[from] == '-' || wire[to - 1] == '-' ? "a label begins or ends with a hyphen" : null;
  }

  private static @Nullable String parseInternational(String text, WireName target) {
    try {
      byte[] ascii = DomainName.parse(text).toString().getBytes(StandardCharsets.US_ASCII);
      return parse(ascii, 0, ascii.length, target);
    } catch (IllegalArgumentException e) {
      String mistake = e.getMessage();
      return mistake == null ? "not a name" : mistake;
    }
  }
}
