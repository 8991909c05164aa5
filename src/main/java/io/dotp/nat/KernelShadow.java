package io.dotp.nat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.metrics.NatMetrics;
import io.dotp.metrics.WarningGate;
import io.dotp.nat.mapping.FakePool;
import io.dotp.nat.mapping.Mapping;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.KernelElements;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.NftElement;
import io.dotp.nat.nft.NftElement.MapEntry;
import io.dotp.nat.nft.NftElement.RealEntry;
import io.dotp.nat.nft.NftTransaction;
import io.dotp.nat.nft.Nftables;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.nat.nft.ReshapeResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows what the kernel holds, changes it, and mends it when the two disagree. Thread: nat. */
final class KernelShadow {
  /*
   * The kernel should hold the map element of every programmed mapping (LIVE, or RETIRED and not yet
   * deleted) and one nat_addr element for every real address among them. Transactions are computed
   * from that alone and so do not fail in normal life; one that does says that somebody else wrote to
   * our table. Then everything is read back and the difference mended in one transaction (resync),
   * and the caller may try once more.
   *
   * A notification of a foreign change, or an element that is missing or contradicts ours, raises a
   * doubt. Until it is settled by a resync no fake is answered, whether it looks live or not.
   *
   * A failing transaction is dear for the whole host, and so is reading a large map: hence
   * KernelPause. A cycle that finds the table changed while it writes looks again at once, for the
   * sake of those whom it has to answer.
   */

  private static final Logger LOG = LoggerFactory.getLogger(KernelShadow.class);

  /**
   * Transactions that look for the element which the kernel refuses: two for each halving of 500.
   */
  private static final int MOST_PARTS = 20;

  private final Nftables nftables;
  private final Pools pools;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final Doubt doubt;
  private final RealReferences references = new RealReferences();
  private final WarningGate failureWarnings = new WarningGate();
  private final WarningGate resyncWarnings = new WarningGate();

  /** Whether the kernel holds what it should, as far as we know; only a resync says so again. */
  private boolean inStep = true;

  /** Whether a doubt was settled that nobody has been told of. */
  private boolean healed;

  private final KernelPause pause;
  private CommitResult.@Nullable Cause lastRefusal;

  KernelShadow(
      Nftables nftables, Pools pools, Doubt doubt, NatMetrics metrics, LongSupplier nanoClock) {
    this.nftables = nftables;
    this.pools = pools;
    this.doubt = doubt;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    pause = new KernelPause(nanoClock);
  }

  boolean isInStep() {
    return inStep;
  }

  /** Whether the kernel holds what it should as far as we know, and may be written to. */
  boolean isUsable() {
    return inStep && !doubt.isOpen() && !isPaused();
  }

  /** Whether what looks live may be gone from the kernel. */
  boolean isDoubtful() {
    return doubt.isOpen();
  }

  /** Whether a resync has to be tried, now or later. */
  boolean needsMending() {
    return !inStep || doubt.isOpen();
  }

  /** How long the next resync has to wait for, so that they do not take all the time there is. */
  long resyncLeftNanos() {
    return pause.resyncLeftNanos();
  }

  /** Whether the kernel is left alone for now because it refused before. */
  boolean isPaused() {
    return pauseLeftNanos() > 0;
  }

  /** How long the kernel is still left alone. */
  long pauseLeftNanos() {
    return pause.leftNanos();
  }

  int setElements(Family family) {
    return references.size(family);
  }

  /**
   * Adds the elements of pending mappings. After a refusal the kernel is mended; what it refuses
   * then is found by halving, so that one element hurts nobody but its own mapping.
   *
   * @return the mappings that the kernel does not have, each with the reason
   */
  IdentityHashMap<Mapping, CommitResult.Cause> add(List<Mapping> pending) {
    IdentityHashMap<Mapping, CommitResult.Cause> refused = new IdentityHashMap<>();
    if (pending.isEmpty()) {
      return refused;
    }
    Rejected rejected = tryAdd(pending);
    if (rejected != null && resync()) {
      addInParts(pending, refused);
    } else if (rejected != null) {
      refuse(pending, rejected, refused);
    }
    if (refused.size() < pending.size()) {
      pause.onSuccess();
    } else {
      pause.onFailure();
    }
    return refused;
  }

  private void addInParts(
      List<Mapping> pending, IdentityHashMap<Mapping, CommitResult.Cause> refused) {
    Deque<List<Mapping>> parts = new ArrayDeque<>(List.of(pending));
    for (int tries = 1; !parts.isEmpty(); tries++) {
      List<Mapping> part = parts.pop();
      Rejected rejected = tryAdd(part);
      if (rejected == null) {
        continue;
      }
      if (tries >= MOST_PARTS) {
        parts.forEach(rest -> refuse(rest, rejected, refused));
        parts.clear();
      }
      if (part.size() == 1 || tries >= MOST_PARTS || !isOfAnElement(rejected.cause())) {
        refuse(part, rejected, refused);
      } else {
        parts.push(part.subList(part.size() / 2, part.size()));
        parts.push(part.subList(0, part.size() / 2));
      }
    }
  }

  /** Whether other elements may fare better. */
  static boolean isOfAnElement(CommitResult.Cause cause) {
    return cause != CommitResult.Cause.NOT_PERMITTED && cause != CommitResult.Cause.OTHER;
  }

  private static void refuse(
      List<Mapping> pending,
      Rejected rejected,
      IdentityHashMap<Mapping, CommitResult.Cause> refused) {
    pending.forEach(mapping -> refused.put(mapping, rejected.cause()));
  }

  private @Nullable Rejected tryAdd(List<Mapping> pending) {
    List<NftElement> adds = new ArrayList<>();
    for (Mapping mapping : pending) {
      adds.add(new MapEntry(mapping.fake(), mapping.real()));
      if (references.retain(mapping.real())) {
        adds.add(new RealEntry(mapping.real()));
      }
    }
    Rejected rejected = commit(new NftTransaction(List.of(), adds));
    if (rejected == null) {
      pending.forEach(mapping -> mapping.programmed(true));
    } else {
      pending.forEach(mapping -> references.release(mapping.real()));
    }
    return rejected;
  }

  /**
   * Deletes the elements of retired mappings, or sees to it that the next resync does.
   *
   * @return whether the kernel no longer has them
   */
  boolean delete(List<Mapping> retired) {
    List<NftElement> deletes = new ArrayList<>();
    for (Mapping mapping : retired) {
      mapping.programmed(false);
      deletes.add(new MapEntry(mapping.fake(), mapping.real()));
      if (references.release(mapping.real())) {
        deletes.add(new RealEntry(mapping.real()));
      }
    }
    if (commit(new NftTransaction(deletes, List.of())) == null) {
      return true;
    }
    inStep = false;
    return mend();
  }

  /** A retired mapping whose elements are still there is wanted again. */
  void keep(Mapping mapping) {
    if (!mapping.isProgrammed()) {
      mapping.programmed(true);
      references.retain(mapping.real());
    }
  }

  /** Changes the rules; to be called while usable. */
  ReshapeResult reshape(KernelRules rules) {
    metrics.transactions.increment();
    ReshapeResult result = nftables.reshape(rules, wanted());
    if (result instanceof ReshapeResult.Refused refused) {
      metrics.failedTransactions.increment();
      if (refused.cause() != CommitResult.Cause.NOT_PERMITTED) {
        // What goes in pieces may have ended half way.
        doubt.raise();
      }
    }
    return result;
  }

  /** Tries to get back into step; a failure lengthens the pause. */
  boolean mend() {
    if (!resync()) {
      pause.onFailure();
      return false;
    }
    pause.onSuccess();
    return true;
  }

  /**
   * After a fault of ours nothing is believed: what the kernel should hold is counted anew, and it
   * is brought there by the next {@link #mend}.
   */
  void distrust() {
    believe();
    inStep = false;
    pause.onFailure();
  }

  /** Reads what an earlier run left. */
  ReadResult read() {
    return nftables.read();
  }

  /**
   * Makes the kernel hold the live mappings and nothing else.
   *
   * @return null when it does
   */
  @Nullable Rejected take() {
    believe();
    return restore();
  }

  /** Takes the live mappings, and no others, for what the kernel should hold. */
  private void believe() {
    references.clear();
    for (FakePool pool : pools.all()) {
      for (Mapping mapping : pool.mappings()) {
        boolean live = mapping.state() == Mapping.State.LIVE;
        mapping.programmed(live);
        if (live) {
          references.retain(mapping.real());
        }
      }
    }
  }

  void close() {
    nftables.close();
  }

  /** Has table, rules and elements made what they should be. */
  private boolean resync() {
    long begin = nanoClock.getAsLong();
    metrics.resyncs.increment();
    int before = doubt.before();
    boolean mended = restore() == null;
    inStep = mended;
    if (mended) {
      if (doubt.isOpen()) {
        healed = true;
        warnOfChange(begin);
      }
      doubt.settle(before);
    }
    pause.onResync(begin);
    return mended;
  }

  private void warnOfChange(long begin) {
    resyncWarnings.pass(
        begin,
        suppressed ->
            LOG.warn(
                "kernel table was changed by somebody else and is mended elements={} millis={}"
                    + " suppressed={}",
                references.size(Family.IPV4) + references.size(Family.IPV6),
                (nanoClock.getAsLong() - begin) / 1_000_000,
                suppressed));
  }

  /** Whether somebody else's change was mended since this was asked for the last time. */
  boolean takeHealed() {
    boolean was = healed;
    healed = false;
    return was;
  }

  /** Whether the kernel is known to hold the elements of a retired mapping still. */
  boolean surelyHolds(Mapping mapping) {
    return mapping.isProgrammed() || (!inStep && lastRefusal == CommitResult.Cause.NOT_PERMITTED);
  }

  private KernelElements wanted() {
    Map<IpAddress, IpAddress> map = new HashMap<>();
    for (FakePool pool : pools.all()) {
      for (Mapping mapping : pool.mappings()) {
        if (mapping.isProgrammed()) {
          map.put(mapping.fake(), mapping.real());
        }
      }
    }
    return new KernelElements(map, references.reals());
  }

  private @Nullable Rejected commit(NftTransaction transaction) {
    if (transaction.isEmpty()) {
      return null;
    }
    return rejection(nftables.commit(transaction));
  }

  private @Nullable Rejected restore() {
    Rejected rejected = rejection(nftables.restore(wanted()));
    if (rejected != null && rejected.cause() != CommitResult.Cause.NOT_PERMITTED) {
      // What goes in pieces may have ended half way, and the table may have been gone before.
      doubt.raise();
    }
    return rejected;
  }

  private @Nullable Rejected rejection(CommitResult result) {
    metrics.transactions.increment();
    if (result instanceof Committed) {
      return null;
    }
    Rejected rejected = (Rejected) result;
    lastRefusal = rejected.cause();
    metrics.failedTransactions.increment();
    if (rejected.cause() == CommitResult.Cause.EXISTS
        || rejected.cause() == CommitResult.Cause.MISSING) {
      doubt.raise();
    }
    failureWarnings.pass(
        nanoClock.getAsLong(),
        suppressed ->
            LOG.warn(
                "kernel refused a transaction cause={} text=\"{}\" suppressed={}",
                rejected.cause(),
                rejected.text().strip(),
                suppressed));
    return rejected;
  }
}
