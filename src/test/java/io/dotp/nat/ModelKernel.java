package io.dotp.nat;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.nft.CommitResult;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.KernelDifference;
import io.dotp.nat.nft.KernelElements;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.NftElement;
import io.dotp.nat.nft.NftElement.MapEntry;
import io.dotp.nat.nft.NftElement.RealEntry;
import io.dotp.nat.nft.NftTransaction;
import io.dotp.nat.nft.Nftables;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.nft.ReshapeResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The table as the kernel keeps it: deletes before adds, all or nothing, limited in size. Its
 * elements can be looked at from any thread; a test may also write to it as a stranger, make it
 * refuse, or hold it up.
 */
final class ModelKernel implements Nftables {
  private final int capacity;
  private final Map<IpAddress, IpAddress> map = new HashMap<>();
  private final Set<IpAddress> reals = new HashSet<>();
  private final List<NftTransaction> committed = new ArrayList<>();
  private final Deque<Cause> refusals = new ArrayDeque<>();
  private @Nullable Cause permanent;
  private @Nullable IpAddress poison;
  private @Nullable Runnable afterNext;
  private boolean unreadable;
  private boolean broken;
  private boolean closed;
  private int commits;
  private int reads;
  private int restores;
  private List<IpPrefix> pools = List.of();

  /** A commit takes one permit; there are plenty unless a test holds them back. */
  private final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);

  ModelKernel(int capacity) {
    this.capacity = capacity;
  }

  OpenResult opened() {
    return new OpenResult.Opened(this, true, capacity, capacity);
  }

  @Override
  public CommitResult commit(NftTransaction transaction) {
    gate.acquireUninterruptibly();
    CommitResult result = commitNow(transaction);
    Runnable stranger = afterNext;
    if (stranger != null) {
      afterNext = null;
      stranger.run();
    }
    return result;
  }

  private synchronized CommitResult commitNow(NftTransaction transaction) {
    commits++;
    if (broken) {
      broken = false;
      throw new IllegalStateException("the library has a bug");
    }
    Cause refusal = permanent != null ? permanent : refusals.poll();
    if (refusal != null) {
      return new CommitResult.Rejected(refusal, "refused on purpose");
    }
    Map<IpAddress, IpAddress> newMap = new HashMap<>(map);
    Set<IpAddress> newReals = new HashSet<>(reals);
    Cause failure = apply(transaction, newMap, newReals);
    if (failure != null) {
      return new CommitResult.Rejected(failure, failure + " in the model kernel");
    }
    replace(newMap, newReals);
    committed.add(transaction);
    return new CommitResult.Committed();
  }

  private @Nullable Cause apply(
      NftTransaction transaction, Map<IpAddress, IpAddress> newMap, Set<IpAddress> newReals) {
    for (NftElement element : transaction.deletes()) {
      boolean found =
          element instanceof MapEntry entry
              ? newMap.remove(entry.fake()) != null
              : newReals.remove(((RealEntry) element).real());
      if (!found) {
        return Cause.MISSING;
      }
    }
    for (NftElement element : transaction.adds()) {
      if (element instanceof RealEntry entry && entry.real().equals(poison)) {
        return Cause.EXISTS;
      }
      if (element instanceof MapEntry entry) {
        IpAddress other = newMap.putIfAbsent(entry.fake(), entry.real());
        if (other != null && !other.equals(entry.real())) {
          return Cause.EXISTS;
        }
      } else {
        newReals.add(((RealEntry) element).real());
      }
    }
    for (Family family : Family.values()) {
      if (size(newMap.keySet(), family) > capacity || size(newReals, family) > capacity) {
        return Cause.FULL;
      }
    }
    return null;
  }

  private static long size(Set<IpAddress> addresses, Family family) {
    return addresses.stream().filter(address -> address.family() == family).count();
  }

  private void replace(Map<IpAddress, IpAddress> newMap, Set<IpAddress> newReals) {
    map.clear();
    map.putAll(newMap);
    reals.clear();
    reals.addAll(newReals);
  }

  @Override
  public synchronized ReadResult read() {
    reads++;
    return unreadable
        ? new ReadResult.Unreadable(Cause.MISSING, "no such table")
        : new ReadResult.Elements(elements());
  }

  /**
   * Like the real one: also when the table is gone, and without a transaction if nothing is wrong.
   */
  @Override
  public CommitResult restore(KernelElements wanted) {
    NftTransaction difference;
    synchronized (this) {
      restores++;
      reads++;
      if (unreadable) {
        Cause cause = permanent == null ? Cause.MISSING : permanent;
        return new CommitResult.Rejected(cause, cause + " in the model kernel");
      }
      difference = KernelDifference.between(elements(), wanted.map(), wanted.reals());
    }
    return difference.isEmpty() ? new CommitResult.Committed() : commit(difference);
  }

  @Override
  public synchronized ReshapeResult reshape(KernelRules rules, KernelElements wanted) {
    Cause refusal = permanent != null ? permanent : refusals.poll();
    if (refusal != null) {
      return new ReshapeResult.Refused(refusal, "refused on purpose");
    }
    pools = rules.prefixes();
    return new ReshapeResult.Reshaped(capacity, capacity);
  }

  /** What the rules know since the last change; empty before. */
  synchronized List<IpPrefix> pools() {
    return pools;
  }

  synchronized int restores() {
    return restores;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  synchronized KernelElements elements() {
    return new KernelElements(map, reals);
  }

  /** The real address that the kernel puts in place of {@code fake}, null for none. */
  synchronized @Nullable IpAddress realOf(IpAddress fake) {
    return map.get(fake);
  }

  /** A stranger's element, or one of an earlier run. */
  synchronized void put(IpAddress fake, IpAddress real) {
    map.put(fake, real);
    reals.add(real);
  }

  synchronized void putReal(IpAddress real) {
    reals.add(real);
  }

  /** A stranger deletes one element of the map. */
  synchronized void remove(IpAddress fake) {
    map.remove(fake);
  }

  synchronized void flush() {
    map.clear();
    reals.clear();
  }

  /** The next commits fail with these, one after the other. */
  synchronized void refuseNext(Cause... causes) {
    refusals.addAll(List.of(causes));
  }

  /** Every commit fails from now on; null ends that. */
  synchronized void refuseAlways(@Nullable Cause cause) {
    permanent = cause;
  }

  /** Every commit fails that has this element of the set. */
  synchronized void refuseReal(IpAddress real) {
    poison = real;
  }

  /** What a stranger does right after the next commit. Thread: that of the commits. */
  void afterNext(Runnable stranger) {
    afterNext = stranger;
  }

  synchronized void unreadable(boolean gone) {
    unreadable = gone;
  }

  /** The next commit throws, which no implementation may. */
  synchronized void breakNext() {
    broken = true;
  }

  /** Commits wait from now on. */
  void hold() {
    gate.drainPermits();
  }

  /** Lets {@code count} waiting commits through. */
  void admit(int count) {
    gate.release(count);
  }

  /** Ends {@link #hold}. */
  void admitAll() {
    gate.release(Integer.MAX_VALUE / 2);
  }

  /** Whether a commit waits at the gate. */
  boolean isHolding() {
    return gate.hasQueuedThreads();
  }

  synchronized List<NftTransaction> committed() {
    return List.copyOf(committed);
  }

  synchronized int commits() {
    return commits;
  }

  synchronized int reads() {
    return reads;
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
