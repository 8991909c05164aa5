package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.NatConfig.Backend;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.NatKernel;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.LocalDelivery;
import io.dotp.nat.nft.NftBackends;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.nft.TableSpec;
import io.dotp.nat.nft.TableWatch;
import io.dotp.nat.usage.KernelUsage;
import io.dotp.nat.usage.Usage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's side of the mappings: the watch, then the table, then who uses it. Thread: dotp-nat,
 * but for the constructor.
 */
final class NatStart {
  private static final Logger LOG = LoggerFactory.getLogger(NatStart.class);

  private final Backend backend;
  private final TableSpec spec;
  private final long leaseNanos;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private @Nullable TableWatch watch;
  private boolean managed;

  /** What the routing is to serve; null while the table is not ours. */
  private volatile @Nullable KernelRules delivered;

  private @Nullable String lastFault;

  NatStart(Config config, TableSpec spec, NatMetrics metrics, LongSupplier nanoClock) {
    this.backend = config.nat().backend();
    this.spec = spec;
    this.leaseNanos = config.nat().natTtl().toNanos();
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  /** The table that a configuration asks for. */
  static TableSpec spec(Config config) {
    return new TableSpec(
        config.nat().table(),
        KernelRules.of(config.routes(), config.rules()),
        config.nat().natTtl());
  }

  NatKernel kernel() {
    return backend == Backend.NONE
        ? NatKernel.pretended(this::open, nanoClock)
        : new NatKernel(this::open, this::watch, this::usage, this::rules);
  }

  private OpenResult open() {
    OpenResult result = NftBackends.open(backend, spec, metrics, nanoClock);
    // An administrator who brings rules of his own gets no table that he did not ask for.
    if (watch != null && result instanceof OpenResult.Opened opened && opened.managed()) {
      managed = true;
      watch.guard(spec);
      String fault = deliver(spec.rules());
      if (fault != null) {
        opened.nftables().close();
        return new OpenResult.Refused(OpenResult.Reason.REJECTED, "tproxy: " + fault);
      }
    }
    return result;
  }

  private void rules(KernelRules rules) {
    if (watch != null && managed) {
      watch.guard(new TableSpec(spec.table(), rules, spec.usedTimeout()));
      String fault = deliver(rules);
      if (fault != null) {
        LOG.warn("packets do not reach the proxy for now fault=\"{}\"", fault);
      }
    }
  }

  /** Brings routing rules back that somebody has taken away. Thread: any. */
  void checkDelivery() {
    KernelRules rules = delivered;
    if (rules == null || !rules.needsLocalDelivery()) {
      return;
    }
    String fault = deliver(rules);
    if (fault != null && !fault.equals(lastFault)) {
      LOG.warn("packets do not reach the proxy for now fault=\"{}\"", fault);
    }
    lastFault = fault;
  }

  private synchronized @Nullable String deliver(KernelRules rules) {
    delivered = rules;
    return LocalDelivery.ensure(rules);
  }

  private AutoCloseable watch(Runnable listener) {
    TableWatch opened = TableWatch.open(spec.table(), metrics, nanoClock, listener);
    watch = opened;
    return opened;
  }

  private Usage usage(Runnable listener) {
    return KernelUsage.start(
        new KernelUsage.Settings(spec.table(), spec.pools(), leaseNanos),
        metrics,
        nanoClock,
        listener);
  }
}
