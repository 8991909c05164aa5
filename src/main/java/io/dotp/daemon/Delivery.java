package io.dotp.daemon;

import io.dotp.nat.nft.TableSpec;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the routing that brings packets to a tproxy inbound. Thread: any. */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final Function<TableSpec, @Nullable String> kernel;

  /** What the routing is to serve; null while the table is not ours. */
  private volatile @Nullable TableSpec wanted;

  private @Nullable TableSpec served;
  private volatile @Nullable String fault;

  /**
   * @param kernel makes the routing what a table needs, and says what went wrong, null for nothing;
   *     called by one thread at a time
   */
  Delivery(Function<TableSpec, @Nullable String> kernel) {
    this.kernel = kernel;
  }

  /** Takes effect at the next {@link #check}; never waits. */
  void want(TableSpec spec) {
    wanted = spec;
  }

  /**
   * Makes the routing what was wanted last, also when somebody has taken it away. May block.
   *
   * @return what went wrong, null for nothing
   */
  synchronized @Nullable String check() {
    // Read under the lock: whoever waited for it must not bring back what is no longer wanted.
    TableSpec spec = wanted;
    if (spec == null || (spec.equals(served) && !spec.rules().needsLocalDelivery())) {
      return null;
    }
    String before = fault;
    String now = kernel.apply(spec);
    fault = now;
    served = now == null ? spec : null;
    if (now != null && !now.equals(before)) {
      LOG.warn("packets do not reach the proxy for now fault=\"{}\"", now);
    } else if (now == null && before != null) {
      LOG.info("packets reach the proxy again");
    }
    return now;
  }

  /** What went wrong at the last {@link #check}, null for nothing; never waits. */
  @Nullable String fault() {
    return fault;
  }
}
