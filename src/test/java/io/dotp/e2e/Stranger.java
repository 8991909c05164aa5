package io.dotp.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Somebody on the gateway who lays hands on dotp's table, and measures how long it stays so. */
final class Stranger {
  private static final long NANOS_A_MILLI = 1_000_000;

  /*
   * Looks at no elements of sets that grow: nft begins such a look again whenever anybody commits
   * meanwhile, and the daemon does, all the time. Nor does nft 1.0.6 list one table without fetching
   * its elements. The mapping's presence is told by what the kernel would say to adding it (-c): there
   * it is, and with the same real address.
   */
  private static final String LOOK =
      "nft -s -t list ruleset inet | sed -n '/^table inet dotp {/,/^}/p'";

  private static final String MAPPED =
      "! nft -c create element inet dotp nat_map \"{ $FAKE : $REAL }\" 2>/dev/null"
          + " && nft -c add element inet dotp nat_map \"{ $FAKE : $REAL }\" 2>/dev/null";

  private final Lab lab;
  private final String before;
  private final Path declared;
  private final Path firewall;
  private final Map.Entry<String, String> victim;
  private final List<Long> repairs = new ArrayList<>();

  /**
   * The table is right now; from here on it is compared with what it is.
   *
   * @param victim a mapping of IPv4 whose element is looked for, and which is harmed
   */
  Stranger(Lab lab, Map.Entry<String, String> victim) {
    this.lab = lab;
    this.victim = victim;
    before = declarations();
    declared = write("declared", before);
    firewall = write("firewall.nft", FIREWALL);
  }

  private static final String FIREWALL =
      """
      flush ruleset
      table inet filter {
        set trusted { type ipv4_addr; flags interval; elements = { 192.168.77.0/24, 10.0.0.0/8 }; }
        chain input {
          type filter hook input priority filter; policy drop;
          iif lo accept
          ct state established,related accept
          ip saddr @trusted accept
          ip6 saddr fd77::/64 accept
          meta l4proto ipv6-icmp accept
        }
        chain forward {
          type filter hook forward priority filter; policy drop;
          ct state established,related accept
          iifname "br-lan" accept
        }
      }
      table ip nat {
        chain post {
          type nat hook postrouting priority srcnat;
          ip saddr 192.168.77.0/24 oifname "wan0" masquerade
        }
      }
      """;

  /** A ruleset like a distribution's, which begins by flushing all that is there. */
  String firewallFile() {
    return firewall.toString();
  }

  /** Rules, sets and chains of the table without elements and counts. */
  String declarations() {
    return lab.run(Lab.GATEWAY, "bash", "-c", LOOK).expectSuccess().out();
  }

  String declaredBefore() {
    return before;
  }

  /**
   * Runs a command of the shell on the gateway and waits until the table is as it was.
   *
   * @return milliseconds from the end of the command
   */
  long harm(String command) {
    String same = LOOK + " | cmp -s - " + declared;
    String script =
        "set -e; export FAKE=%s REAL=%s\n%s\nbegin=$(date +%%s%%N)\n"
                .formatted(victim.getKey(), victim.getValue(), command)
            + "until { %s; } && { %s; }; do sleep 0.02; done\n".formatted(same, MAPPED)
            + "echo $(( $(date +%s%N) - begin ))";
    Finished run = lab.run(Lab.GATEWAY, "timeout", "30", "bash", "-c", script);
    if (run.code() != 0) {
      throw new AssertionError(
          command + ": " + run.code() + " " + run.text() + "\n" + tableOrError());
    }
    long millis = Long.parseLong(run.out().strip()) / NANOS_A_MILLI;
    repairs.add(millis);
    return millis;
  }

  private String tableOrError() {
    return lab.run(Lab.GATEWAY, "nft", "-t", "list", "ruleset").text();
  }

  /** How long each harm lasted, in milliseconds. */
  List<Long> repairs() {
    return List.copyOf(repairs);
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(lab.directory().resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
