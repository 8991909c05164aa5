package io.dotp.nat.nft;

import io.dotp.config.HostRules.TproxyRouting;
import io.dotp.ip.Family;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.KernelRules.PoolRules;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A second table that bridges the gap while somebody has deleted the first. Thread: the one that
 * made it.
 */
final class TableGuard implements AutoCloseable {
  /*
   * `flags owner` (Linux 5.12): only the socket that made the table may change it, a foreign `flush
   * ruleset` leaves it, and it goes with the socket, so that nothing stays behind whatever ends the
   * process. Its rules do nothing while the first table is there:
   *   hold     masquerade for a packet that cannot be. Rules that use NAT keep the hooks of
   *            conntrack and NAT registered, without which established flows stall or break.
   *   forward, output   behind the first table's: what still has a fake destination is dropped. Not
   *            let out un-NATed, because conntrack would keep that; not rejected, because the
   *            client's retry finds the mapping again.
   * The flag stands in both statements: without it the second would take the ownership away, which
   * the kernel refuses.
   */

  private static final Logger LOG = LoggerFactory.getLogger(TableGuard.class);

  /** A predecessor's table is released a moment after its socket was closed. */
  private static final int TRIES = 50;

  static final int RETRY_MILLIS = 100;

  /** Whether the guard stands. */
  enum State {
    HELD,
    /** Somebody else still has the table: worth another try. */
    BUSY,
    REFUSED
  }

  private final NftContext context;
  private final KernelErrors errors;
  private int tries;

  private TableGuard(NftContext context, KernelErrors errors) {
    this.context = context;
    this.errors = errors;
  }

  /** Null without libnftables, which nobody gets as far as here without. */
  static @Nullable TableGuard open() {
    if (!(NativeLibraries.load() instanceof NativeLibraries.Loaded.Present present)) {
      return null;
    }
    NftContext context = NftContext.open(present.nftables());
    return context == null ? null : new TableGuard(context, present.errors());
  }

  static String nameOf(TableSpec spec) {
    return spec.table() + "_guard";
  }

  /** Makes the table, or its rules afresh, in one transaction. */
  State hold(TableSpec spec) {
    NftContext.Reply reply = context.run(render(spec));
    if (reply.ok()) {
      tries = 0;
      LOG.info("guard table stands table={}", nameOf(spec));
      return State.HELD;
    }
    Cause cause = errors.causeOf(reply.error());
    boolean busy = cause == Cause.NOT_PERMITTED || cause == Cause.EXISTS;
    tries++;
    if (busy && tries < TRIES) {
      return State.BUSY;
    }
    tries = 0;
    LOG.info(
        "no guard table, a foreign `nft flush ruleset` can cut flows; {} table={} text=\"{}\"",
        busy
            ? "another process owns the table, or the right is missing"
            : "the kernel (before 5.12) or libnftables refuses",
        nameOf(spec),
        reply.error().lines().findFirst().orElse(""));
    return State.REFUSED;
  }

  static String render(TableSpec spec) {
    String begin = "table inet " + nameOf(spec) + " {\n\tflags owner;\n";
    StringBuilder rules = new StringBuilder();
    rules.append(begin).append("}\nflush table inet ").append(nameOf(spec)).append('\n');
    rules.append(begin);
    rules.append("\tchain hold {\n\t\ttype nat hook postrouting priority srcnat + 10;\n");
    rules.append("\t\tip saddr 255.255.255.255 ip daddr 255.255.255.255 masquerade\n");
    rules.append("\t\tip6 saddr ff00:: ip6 daddr ff00:: masquerade\n\t}\n");
    for (String hook : new String[] {"forward", "output"}) {
      rules.append("\tchain ").append(hook).append(" {\n");
      rules.append("\t\ttype filter hook ").append(hook).append(" priority filter + 10;\n");
      rules.append("\t\tct direction reply return\n");
      for (Family family : Family.values()) {
        appendDrops(rules, spec, family);
      }
      rules.append("\t}\n");
    }
    return rules.append("}\n").toString();
  }

  /** Own packets with the mark of tproxy are on their way to lo, as fakes. */
  private static void appendDrops(StringBuilder rules, TableSpec spec, Family family) {
    TproxyRouting tproxy = spec.rules().host().tproxy();
    for (PoolRules each : spec.rules().poolsOf(family, pool -> true)) {
      rules.append(family == Family.IPV4 ? "\t\tip" : "\t\tip6").append(" daddr ");
      rules.append(each.pool());
      if (each.isTransparent()) {
        rules.append(" meta mark & ").append(Integer.toUnsignedString(tproxy.mask()));
        rules.append(" != ").append(Integer.toUnsignedString(tproxy.mark()));
      }
      rules.append(" drop\n");
    }
  }

  /** The table goes with the context's socket. */
  @Override
  public void close() {
    context.close();
  }
}
