package io.dotp.name;

import java.net.IDN;
import java.util.Arrays;
import java.util.Locale;

/**
 * An immutable domain name, compared without regard to ASCII case (RFC 4343).
 *
 * <p>Shape: canonical wire form, see the package text. Labels may hold any byte.
 */
public final class DomainName {
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
    String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name is empty");
    }
    boolean ascii = name.chars().allMatch(c -> c < 128);
    if (!ascii) {
      try {
        name = IDN.toASCII(name, IDN.USE_STD3_ASCII_RULES);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "not a valid internationalised name: " + e.getMessage(), e);
      }
    }
    return new DomainName(toWire(name.toLowerCase(Locale.ROOT)));
  }

  private static byte[] toWire(String name) {
    if (name.length() > 253) {
      throw new IllegalArgumentException("name has " + name.length() + " characters, at most 253");
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
    if (label.length() > 63) {
      throw new IllegalArgumentException("label '" + label + "' is longer than 63 characters");
    }
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
        throw new IllegalArgumentException("character '" + c + "' in label '" + label + "'");
      }
    }
    if (label.startsWith("-") || label.endsWith("-")) {
      throw new IllegalArgumentException("label '" + label + "' begins or ends with a hyphen");
    }
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

  @Override
  public boolean equals(Object other) {
    return other instanceof DomainName that && Arrays.equals(wire, that.wire);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wire);
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
    boolean plain =
        octet >= 'a' && octet <= 'z'
            || octet >= '0' && octet <= '9'
            || octet == '-'
            || octet == '_';
    if (plain) {
      text.append((char) octet);
    } else {
      text.append('\\').append(String.format(Locale.ROOT, "%03d", octet));
    }
  }
}
