package io.dotp.nat.nft;

import java.util.List;

/**
 * What a table declares: chains with their rules in order, sets, maps, counters and the table's own
 * lines. The order of the objects does not count: a chain that was deleted and made again is listed
 * last.
 *
 * @param blocks each object in nft's words, sorted
 */
record TableListing(List<String> blocks) {
  private static final String END = "\n\t}\n";

  TableListing {
    blocks = List.copyOf(blocks);
  }

  /**
   * @param text a listing without elements and states
   */
  static TableListing of(String text) {
    return new TableListing(
        List.of(text.split(END, -1)).stream().map(String::strip).sorted().toList());
  }
}
