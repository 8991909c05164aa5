package io.dotp.name;

import java.net.IDN;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;

/**
 * An immutable domain name, compared without regard to ASCII case (RFC 4343).
 *
 * <p>Shape: canonical wire form, see the package text. Labels may hold any byte.
 */
public final class DomainName {
  /** Characters of the longest name in presentation form, without the final dot. */
  private static final int LONGEST_TEXT = WireName.MAX_LENGTH - 2;

  /** Keyed, because clients choose names and names are keys of maps. */
  private static final NameHash HASH = new NameHash(new SecureRandom());

  private final byte[] wire;

  private DomainName(byte[] wire) {
    this.wire = wire;
  }

  /** Copies a canonical wire name. */
  public static DomainName ofCanonical(byte[] wire, int length) {
    return new DomainName(Arrays.copyOf(wire, length));
  }

  /**
   * Parses a name as an administrator writes it: letters, digits and hyphens, IDN converted to
   * A-labels, a trailing dot accepted.
   *
   * @throws IllegalArgumentException with a message that names the mistake
   */
  public static DomainName parse(String text) {
    if (text.isEmpty() || text.equals(".")) {
      throw new IllegalArgumentException("name is empty");
    }
    boolean ascii = text.chars().allMatch(c -> c < 128);
    String name = ascii ? text : toAlabels(text);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return new DomainName(toWire(name.toLowerCase(Locale.ROOT)));
  }

  /** The conversion also turns the full stops of other scripts into dots. */
  private static String toAlabels(String text) {
    if (text.length() > LONGEST_TEXT + 1) {
      throw new IllegalArgumentException("name has " + text.length() + " characters");
    }
    try {
      return IDN.toASCII(text, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException e) {
      // Its message repeats the text raw.
      throw new IllegalArgumentException("not a valid internationalised name", e);
    }
  }

  private static byte[] toWire(String name) {
    if (name.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "name has " + name.length() + " characters, at most " + LONGEST_TEXT);
    }
    byte[] wire = new byte[name.length() + 2];
    int at = 0;
    for (String label : name.split("\\.", -1)) {
      checkLabel(label);
      wire[at++] = (byte) label.length();
      for (int i = 0; i < label.length(); i++) {
        wire[at++] = (byte) label.charAt(i);
      }
    }
    return wire;
  }

  private static void checkLabel(String label) {
    if (label.isEmpty()) {
      throw new IllegalArgumentException("empty label");
    }
    // First of all the characters: the later messages repeat the label.
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (!(isLetterOrDigit(c) || c == '-')) {
        throw new IllegalArgumentException("character " + shown(c) + " in a label");
      }
    }
    if (label.length() > WireName.MAX_LABEL_LENGTH) {
      throw new IllegalArgumentException("label '" + label + "' is longer than 63 characters");
    }
    if (label.startsWith("-") || label.endsWith("-")) {
      throw new IllegalArgumentException("label '" + label + "' begins or ends with a hyphen");
    }
  }

  private static boolean isLetterOrDigit(int octet) {
    return octet >= 'a' && octet <= 'z' || octet >= '0' && octet <= '9';
  }

  /** A character as a message may show it: a terminal must not obey it. */
  static String shown(char c) {
    return c > ' ' && c < 127 ? "'" + c + "'" : String.format(Locale.ROOT, "U+%04X", (int) c);
  }

  /** Length in wire form, 1 to 255. */
  public int length() {
    return wire.length;
  }

  /** Copies the wire form to {@code target} and returns its length. */
  public int copyTo(byte[] target, int offset) {
    System.arraycopy(wire, 0, target, offset, wire.length);
    return wire.length;
  }

  /** A copy for the matcher. */
  public WireName toWireName() {
    WireName name = new WireName();
    name.length(copyTo(name.bytes(), 0));
    return name;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DomainName that && Arrays.equals(wire, that.wire);
  }

  @Override
  public int hashCode() {
    long state = HASH.root();
    // The hash reads a name from its root, but any fixed order of the labels serves as well here.
    for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
      state = HASH.append(state, wire, at);
    }
    return (int) HASH.finish(state);
  }

  /** Presentation form without the final dot; bytes outside the usual letters as {@code \DDD}. */
  @Override
  public String toString() {
    if (wire.length == 1) {
      return ".";
    }
    StringBuilder text = new StringBuilder(wire.length);
    for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
      if (at > 0) {
        text.append('.');
      }
      for (int i = at + 1; i <= at + wire[at]; i++) {
        appendEscaped(text, wire[i] & 0xff);
      }
    }
    return text.toString();
  }

  private static void appendEscaped(StringBuilder text, int octet) {
    if (isLetterOrDigit(octet) || octet == '-' || octet == '_') {
      text.append((char) octet);
    } else {
      text.append('\\').append(String.format(Locale.ROOT, "%03d", octet));
    }
  }
}
