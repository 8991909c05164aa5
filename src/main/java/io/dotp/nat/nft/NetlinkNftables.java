package io.dotp.nat.nft;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.Answer.Broken;
import io.dotp.nat.nft.Answer.Given;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Rejected;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes elements by netlink messages and leaves the table itself to libnftables. Thread: the one
 * that opened it.
 *
 * <p>Why: libnftables looks at everybody's tables before each change, which beside a large firewall
 * takes milliseconds; the kernel does not need that for elements.
 */
public final class NetlinkNftables implements Nftables {
  private static final Logger LOG = LoggerFactory.getLogger(NetlinkNftables.class);

  /** What made netlink fail, as memory that ran short, may be over by then. */
  private static final long RETURN_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final LibNftables library;
  private final Source source;
  private final boolean fallback;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private volatile @Nullable NetlinkElements elements;

  /** When netlink failed, or could not be had again. */
  private long lostNanos;

  /** Opens what writes the elements. */
  interface Source {
    Answer<NetlinkElements> open();
  }

  /**
   * @param elements that have been tried out
   * @param source of their successors
   * @param fallback whether libnftables takes over for five minutes when netlink fails by itself;
   *     otherwise a new socket is opened for the next call
   * @param nanoClock monotonic, compared by subtraction
   */
  NetlinkNftables(
      LibNftables library,
      NetlinkElements elements,
      Source source,
      boolean fallback,
      NatMetrics metrics,
      LongSupplier nanoClock) {
    this.library = library;
    this.elements = elements;
    this.source = source;
    this.fallback = fallback;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  /** {@inheritDoc} */
  @Override
  public CommitResult commit(NftTransaction transaction) {
    NetlinkElements own = current();
    if (own == null) {
      return fallback
          ? library.commit(transaction)
          : new Rejected(Cause.OTHER, "netlink: no socket can be opened");
    }
    Answer<CommitResult> answer = own.commit(transaction);
    if (answer instanceof Given<CommitResult> given) {
      return given.verdict();
    }
    String text = ((Broken<CommitResult>) answer).text();
    giveUp(own, text);
    // Whether the kernel carried it out is unknown. Adds may be repeated; a delete that is missing
    // by now is refused, and the caller reads the kernel back.
    return fallback ? library.commit(transaction) : new Rejected(Cause.OTHER, "netlink: " + text);
  }

  @Override
  public ReadResult read() {
    NetlinkElements own = current();
    if (own == null) {
      return fallback
          ? library.read()
          : new ReadResult.Unreadable(Cause.OTHER, "netlink: no socket can be opened");
    }
    Answer<ReadResult> answer = own.read();
    if (answer instanceof Given<ReadResult> given) {
      return given.verdict();
    }
    String text = ((Broken<ReadResult>) answer).text();
    giveUp(own, text);
    return fallback ? library.read() : new ReadResult.Unreadable(Cause.OTHER, "netlink: " + text);
  }

  /** {@inheritDoc} Rules are the library's business, so all of it is but the elements. */
  @Override
  public CommitResult restore(KernelElements wanted) {
    return library.restore(wanted, this);
  }

  /** {@inheritDoc} Who writes elements knows the sets by name and has to be told of other ones. */
  @Override
  public ReshapeResult reshape(KernelRules rules, KernelElements wanted) {
    List<TableSet> before = library.sets();
    ReshapeResult result = library.reshape(rules, wanted);
    NetlinkElements own = elements;
    if (own != null && !before.equals(library.sets())) {
      Answer<NetlinkElements> answer = source.open();
      if (answer instanceof Given<NetlinkElements> given) {
        own.close();
        elements = given.verdict();
      } else {
        giveUp(own, ((Broken<NetlinkElements>) answer).text());
      }
    }
    return result;
  }

  /** Who writes the elements by netlink, null when libnftables does. */
  @Nullable NetlinkElements elements() {
    return elements;
  }

  /** Null when there is none now. */
  private @Nullable NetlinkElements current() {
    NetlinkElements own = elements;
    if (own != null || (fallback && nanoClock.getAsLong() - lostNanos < RETURN_NANOS)) {
      return own;
    }
    if (source.open() instanceof Given<NetlinkElements> given) {
      own = given.verdict();
      elements = own;
      LOG.info("elements are written by netlink again");
    } else {
      lostNanos = nanoClock.getAsLong();
    }
    return own;
  }

  private void giveUp(NetlinkElements own, String text) {
    own.close();
    elements = null;
    lostNanos = nanoClock.getAsLong();
    if (fallback) {
      metrics.netlinkFallbacks.increment();
      LOG.warn("netlink failed, libnftables writes the elements for a while text=\"{}\"", text);
    }
  }

  @Override
  public void close() {
    NetlinkElements own = elements;
    if (own != null) {
      own.close();
      elements = null;
    }
    library.close();
  }
}
