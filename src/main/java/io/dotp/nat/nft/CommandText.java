package io.dotp.nat.nft;

import java.util.List;

/** Writes transactions in nft's command language. Reuses its buffer: one per thread. */
final class CommandText {
  /** A restore of a full table is rare; its buffer is not kept. */
  private static final int KEPT_CHARACTERS = 1 << 20;

  private final String table;
  private StringBuilder text = new StringBuilder(8_192);

  CommandText(String table) {
    this.table = table;
  }

  /** One line for each set and direction; deletes first, so that a full map can exchange. */
  String of(NftTransaction transaction) {
    return of("", transaction);
  }

  /**
   * Like {@link #of(NftTransaction)}, behind other commands of the same transaction.
   *
   * @param prefix empty, or whole lines
   */
  String of(String prefix, NftTransaction transaction) {
    text.setLength(0);
    text.append(prefix);
    for (TableSet set : TableSet.values()) {
      append("delete", set, transaction.deletes());
    }
    for (TableSet set : TableSet.values()) {
      append("add", set, transaction.adds());
    }
    String commands = text.toString();
    if (text.capacity() > KEPT_CHARACTERS) {
      text = new StringBuilder(8_192);
    }
    return commands;
  }

  String list(TableSet set) {
    return "list " + set.kind() + " inet " + table + " " + set.kernelName();
  }

  private void append(String verb, TableSet set, List<NftElement> elements) {
    boolean begun = false;
    for (NftElement element : elements) {
      if (TableSet.of(element) != set) {
        continue;
      }
      if (begun) {
        text.append(", ");
      } else {
        text.append(verb).append(" element inet ").append(table).append(' ');
        text.append(set.kernelName()).append(" { ");
        begun = true;
      }
      if (element instanceof NftElement.MapEntry entry) {
        text.append(entry.fake());
        if (verb.equals("add")) {
          text.append(" : ").append(entry.real());
        }
      } else if (element instanceof NftElement.RealEntry entry) {
        text.append(entry.real());
      }
    }
    if (begun) {
      text.append(" }\n");
    }
  }
}
