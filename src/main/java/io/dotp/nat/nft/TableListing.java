package io.dotp.nat.nft;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a table declares: chains with their rules in order, sets, maps, counters and the table's own
 * lines. The order of the objects does not count: a chain that was deleted and made again is listed
 * last.
 *
 * @param blocks each object in nft's words, sorted
 */
record TableListing(List<String> blocks) {
  private static final String END = "\n\t}\n";
  private static final Pattern FIRST_OBJECT = Pattern.compile("\n(\t[^\t\n]+ \\{\n)");

  TableListing {
    blocks = List.copyOf(blocks);
  }

  /**
   * @param text a listing without elements and states
   */
  static TableListing of(String text) {
    // The table's own lines end where the first object begins, with its name at one tab.
    String parted = FIRST_OBJECT.matcher(text).replaceFirst(END + "$1");
    return new TableListing(
        List.of(parted.split(END, -1)).stream().map(String::strip).sorted().toList());
  }
}
