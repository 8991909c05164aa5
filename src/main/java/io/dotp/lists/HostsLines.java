package io.dotp.lists;

import io.dotp.ip.IpAddress;
import java.util.Locale;
import java.util.Set;

/**
 * The names of a hosts file, each for itself alone; those of the machine itself are left out.
 *
 * <p>Source: hosts(5).
 */
final class HostsLines implements LineGrammar {
  /** What the hosts files of systems, and the block lists made from them, have at their top. */
  private static final Set<String> OWN =
      Set.of(
          "localhost",
          "localhost.localdomain",
          "localhost4",
          "localhost4.localdomain4",
          "localhost6",
          "localhost6.localdomain6",
          "local",
          "broadcasthost",
          "ip6-localhost",
          "ip6-loopback",
          "ip6-localnet",
          "ip6-mcastprefix",
          "ip6-allnodes",
          "ip6-allrouters",
          "ip6-allhosts",
          "0.0.0.0");

  private final Line word = new Line();

  /** Most lists have one address on all their lines. */
  private String lastAddress = "";

  @Override
  public void read(Line line, RuleCollector rules) {
    line.cutComment();
    if (line.isEmpty()) {
      return;
    }
    line.takeWord(word);
    String address = word.text();
    if (!address.equals(lastAddress) && !isAddress(address)) {
      rules.mistake("not an address: " + RuleCollector.shown(address));
      return;
    }
    lastAddress = address;
    if (line.isEmpty()) {
      rules.mistake("an address without a name");
    }
    while (!line.isEmpty()) {
      line.takeWord(word);
      if (!OWN.contains(word.text().toLowerCase(Locale.ROOT))) {
        rules.exact(word.bytes(), word.from(), word.to());
      }
    }
  }

  /** An address, perhaps with an interface behind it. */
  static boolean isAddress(String text) {
    int scope = text.indexOf('%');
    return IpAddress.parse(scope < 0 ? text : text.substring(0, scope)) != null;
  }
}
