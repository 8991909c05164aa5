package io.dotp.lists;

import io.dotp.config.ListFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells the format of a list by its first lines. Only what one format alone writes is a sign: a
 * bare name is none. When the signs contradict each other nothing is guessed.
 *
 * @param format null when it cannot be told
 * @param reason why it cannot, for the administrator; empty otherwise
 */
record FormatDetection(@Nullable ListFormat format, String reason) {
  /** Bytes at the beginning of a file that are enough. */
  static final int HEAD = 1 << 16;

  private static final String REMEDY = "; if it is a list, set its format";

  /** Looks at the first {@link #HEAD} bytes of a file, or at all of a shorter one. */
  static FormatDetection of(byte[] head) {
    if (startsWith(head, 0xef, 0xbb, 0xbf)) {
      return ofText(head, 3);
    }
    if (startsWith(head, 0xff, 0xfe) || startsWith(head, 0xfe, 0xff)) {
      return unknown("is UTF-16 text; lists are UTF-8");
    }
    if (startsWith(head, 0x1f, 0x8b) || startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) {
      return unknown("is compressed (a .mrs file of mihomo is, too); the text is needed");
    }
    if (startsWith(head, 'S', 'R', 'S')) {
      return unknown("is a compiled rule-set of sing-box; decompile it with sing-box rule-set");
    }
    if (isGeosite(head)) {
      return new FormatDetection(ListFormat.GEOSITE, "");
    }
    return ofText(head, 0);
  }

  private static FormatDetection unknown(String reason) {
    return new FormatDetection(null, reason);
  }

  private static boolean startsWith(byte[] head, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= head.length || (head[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * A message whose field 1 is a message whose field 1 is a short word, and then comes field 2. The
   * first octet alone is also an empty line of a text.
   */
  private static boolean isGeosite(byte[] head) {
    ProtobufInput in = new ProtobufInput(new ByteArrayInputStream(head));
    try {
      long site = in.tag();
      long length = in.varint();
      long name = in.tag();
      byte[] category = in.bytes(in.varint(), 255);
      boolean word = AttributeFilter.isName(new String(category, StandardCharsets.ISO_8859_1));
      return site == 0x0a && name == 0x0a && word && length > category.length;
    } catch (IOException e) {
      // The usual end for a text, and no failure.
      return false;
    }
  }

  private static FormatDetection ofText(byte[] head, int from) {
    int first = from;
    while (first < head.length && (Line.isSpace(head[first]) || head[first] == '\n')) {
      first++;
    }
    if (first < head.length && head[first] == '{') {
      return new FormatDetection(ListFormat.SING_BOX, "");
    }
    if (first < head.length && head[first] == '<') {
      return unknown("looks like a web page" + REMEDY);
    }
    for (int i = first; i < head.length; i++) {
      if (head[i] == 0) {
        return unknown("is not a text" + REMEDY);
      }
    }
    return ofLines(head);
  }

  private static FormatDetection ofLines(byte[] head) {
    Map<ListFormat, Integer> signs = new EnumMap<>(ListFormat.class);
    Map<ListFormat, Integer> firstLines = new EnumMap<>(ListFormat.class);
    LineReader lines = new LineReader(new ByteArrayInputStream(head));
    Line line = new Line();
    try {
      while (lines.next(line)) {
        ListFormat sign = sign(line);
        if (sign != null) {
          signs.merge(sign, 1, Integer::sum);
          firstLines.putIfAbsent(sign, line.number());
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
    return judge(signs, firstLines);
  }

  private static FormatDetection judge(
      Map<ListFormat, Integer> signs, Map<ListFormat, Integer> firstLines) {
    int all = signs.values().stream().mapToInt(Integer::intValue).sum();
    if (all == 0) {
      return new FormatDetection(ListFormat.PLAIN, "");
    }
    StringBuilder candidates = new StringBuilder();
    for (Map.Entry<ListFormat, Integer> entry : signs.entrySet()) {
      // As many as a list may have of bad lines are no contradiction.
      if (entry.getValue() * 10L >= all * 9L) {
        return new FormatDetection(entry.getKey(), "");
      }
      candidates
          .append(candidates.isEmpty() ? "" : ", ")
          .append(entry.getKey().text())
          .append(" (line ")
          .append(firstLines.get(entry.getKey()))
          .append(')');
    }
    return unknown("may be " + candidates + "; set its format");
  }

  /** The format that alone writes such a line, null for a line that several may have. */
  private static @Nullable ListFormat sign(Line line) {
    if (line.startsWith("||") || line.startsWith("@@") || line.startsWith("[adblock")) {
      return ListFormat.ADGUARD;
    }
    line.cutSpacedComment();
    for (String option : new String[] {"server=/", "local=/", "address=/", "ipset=/", "nftset=/"}) {
      if (line.startsWith(option)) {
        return ListFormat.DNSMASQ;
      }
    }
    if (line.startsWith("payload:") || line.startsWith("- ") || hasUpperCaseType(line)) {
      return ListFormat.CLASH;
    }
    if (line.startsWith("*.")
        || line.startsWith("+.")
        || line.startsWith(".")
        || line.startsWith("=")) {
      return ListFormat.PLAIN;
    }
    return signOfWords(line);
  }

  /** {@code DOMAIN-SUFFIX,} and its like. */
  private static boolean hasUpperCaseType(Line line) {
    int comma = line.indexOf(',');
    if (comma <= line.from()) {
      return false;
    }
    for (int i = line.from(); i < comma; i++) {
      byte octet = line.bytes()[i];
      if (!(octet >= 'A' && octet <= 'Z' || octet >= '0' && octet <= '9' || octet == '-')) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable ListFormat signOfWords(Line line) {
    if (line.startsWith("include:")) {
      return ListFormat.V2FLY;
    }
    if (!line.startsWith("regexp:") && line.text().contains(":@")) {
      return ListFormat.V2FLY;
    }
    Line word = new Line();
    line.takeWord(word);
    if (line.isEmpty()) {
      return null;
    }
    if (line.startsWith("@") || line.startsWith("&")) {
      return ListFormat.V2FLY;
    }
    return HostsLines.isAddress(word.text()) ? ListFormat.HOSTS : null;
  }
}
