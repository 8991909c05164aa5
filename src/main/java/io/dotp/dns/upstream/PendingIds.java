package io.dotp.dns.upstream;

import io.netty.util.collection.IntObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for which ID on one socket or connection: random, and unique among those that wait.
 * Thread: one loop.
 */
final class PendingIds {
  /** Keeps finding a free ID a matter of one or two tries. */
  static final int MOST = 4096;

  private final IntObjectHashMap<Attempt> attempts;
  private final RandomBits random;

  PendingIds(int expected, RandomBits random) {
    this.attempts = new IntObjectHashMap<>(expected);
    this.random = random;
  }

  /** Not to be called when full. */
  int add(Attempt attempt) {
    int id = random.nextId();
    while (attempts.containsKey(id)) {
      id = random.nextId();
    }
    attempts.put(id, attempt);
    return id;
  }

  @Nullable Attempt get(int id) {
    return attempts.get(id);
  }

  void remove(int id) {
    attempts.remove(id);
  }

  boolean isEmpty() {
    return attempts.isEmpty();
  }

  boolean isFull() {
    return attempts.size() >= MOST;
  }

  /** A copy: those in it may remove themselves while it is read. */
  Attempt[] all() {
    return attempts.values().toArray(new Attempt[0]);
  }

  int[] ids() {
    int[] ids = new int[attempts.size()];
    int at = 0;
    for (int id : attempts.keySet()) {
      ids[at++] = id;
    }
    return ids;
  }
}
