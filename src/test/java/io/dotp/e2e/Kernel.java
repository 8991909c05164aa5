package io.dotp.e2e;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the gateway's kernel holds of one table, read by the nft tool. */
final class Kernel {
  private static final Pattern PAIR = Pattern.compile("([0-9a-f.:]+) : ([0-9a-f.:]+)");
  private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

  private final Lab lab;
  private final String table;

  Kernel(Lab lab, String table) {
    this.lab = lab;
    this.table = table;
  }

  /** Fake to real, of each family that the table has. */
  Map<String, String> mappings() {
    String maps = nft("list", "maps", "inet");
    Map<String, String> all = new TreeMap<>();
    for (String map : List.of("nat_map", "nat_map6")) {
      if (maps.contains("map " + map + " {")) {
        all.putAll(pairs(map));
      }
    }
    return all;
  }

  /**
   * @param map nat_map or nat_map6
   */
  Map<String, String> pairs(String map) {
    Map<String, String> pairs = new TreeMap<>();
    Matcher pair = PAIR.matcher(nft("list", "map", "inet", table, map));
    while (pair.find()) {
      pairs.put(pair.group(1), pair.group(2));
    }
    return pairs;
  }

  /** Packets that the table has rejected because their fake had no mapping. */
  long rejected() {
    return packets("unmapped") + packets("unmapped6");
  }

  /** Packets dropped because a mapping led to an address that no name may reach. */
  long forbidden() {
    return packets("special") + packets("special6");
  }

  private long packets(String counter) {
    Matcher packets = PACKETS.matcher(nft("list", "counter", "inet", table, counter));
    if (!packets.find()) {
      throw new AssertionError("no counter " + counter);
    }
    return Long.parseLong(packets.group(1));
  }

  /** Runs nft on the gateway; it must succeed. */
  String nft(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "nft";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return lab.run(Lab.GATEWAY, command).expectSuccess().out();
  }
}
