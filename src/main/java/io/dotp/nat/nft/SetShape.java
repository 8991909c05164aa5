package io.dotp.nat.nft;

import java.util.Set;

/**
 * How a set or map of the kernel is declared.
 *
 * @param kind {@code set} or {@code map}
 * @param keyType nft's name of the type, a concatenation joined by {@code " . "}
 * @param dataType of a map, empty for a set
 * @param size declared limit, 0 for none
 * @param flags nft's names
 * @param timeoutSeconds after which elements vanish unless they say otherwise, 0 for never
 */
record SetShape(
    String kind,
    String keyType,
    String dataType,
    int size,
    Set<String> flags,
    long timeoutSeconds) {
  SetShape {
    flags = Set.copyOf(flags);
  }

  /** What keeps us from using it as {@code wanted}, in the words of a declaration; empty if fit. */
  String misfit(TableSet wanted) {
    String type = wanted.addressType();
    String expected = declaration(wanted.kind(), type, wanted.isMap() ? type : "");
    String found = declaration(kind, keyType, dataType);
    if (!found.equals(expected)) {
      return "expected a " + expected + ", found a " + found;
    }
    if (flags.contains("interval")) {
      return "expected no flag interval (it makes every update slow), found flags " + flagText();
    }
    if (flags.contains("constant")) {
      return "expected elements that can be changed, found flags " + flagText();
    }
    if (timeoutSeconds > 0) {
      return "expected elements that stay, found timeout " + timeoutSeconds + "s";
    }
    return "";
  }

  private static String declaration(String kind, String key, String data) {
    return kind + " of " + key + (data.isEmpty() ? "" : " : " + data);
  }

  private String flagText() {
    return String.join(",", flags.stream().sorted().toList());
  }

  /** Mappings that fit in. */
  int capacity() {
    return size == 0 ? Integer.MAX_VALUE : size;
  }
}
