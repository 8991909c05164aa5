package io.dotp.nat;

import io.dotp.metrics.WarningGate;
import io.dotp.nat.mapping.FakePool;
import java.util.Map;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns when a pool comes to 80 and 95 % of use, and when it is exhausted. Thread: nat. */
final class PoolAlarm {
  private static final Logger LOG = LoggerFactory.getLogger(PoolAlarm.class);
  private static final int FIRST_PERCENT = 80;
  private static final int SECOND_PERCENT = 95;

  /** A pool that shrinks by less than this below a threshold does not warn again. */
  private static final int HYSTERESIS = 5;

  /** The highest threshold that each pool has been warned about and not left since. */
  private final Map<FakePool, Integer> warned = new WeakHashMap<>();

  private final WarningGate thresholds = new WarningGate();
  private final WarningGate exhausted = new WarningGate();

  /** Warns when {@code pool} has passed a threshold since the last call. */
  void check(FakePool pool, long nowNanos) {
    int percent = pool.usedPercent();
    int known = warned.getOrDefault(pool, 0);
    int reached =
        percent >= SECOND_PERCENT ? SECOND_PERCENT : percent >= FIRST_PERCENT ? FIRST_PERCENT : 0;
    if (reached > known) {
      thresholds.pass(
          nowNanos,
          suppressed -> {
            warned.put(pool, reached);
            LOG.warn(
                "pool fills up route={} prefix={} used-percent={} suppressed={}; a larger prefix"
                    + " helps",
                pool.route().name(),
                pool.prefix(),
                percent,
                suppressed);
          });
    } else if (percent < known - HYSTERESIS) {
      warned.put(pool, reached);
    }
  }

  /** A request found no fake. */
  void onExhausted(FakePool pool, long nowNanos) {
    exhausted.pass(
        nowNanos,
        suppressed ->
            LOG.warn(
                "pool exhausted, queries fail route={} prefix={} used={} size={} suppressed={};"
                    + " a larger prefix or larger sets help",
                pool.route().name(),
                pool.prefix(),
                pool.used(),
                pool.size(),
                suppressed));
  }
}
