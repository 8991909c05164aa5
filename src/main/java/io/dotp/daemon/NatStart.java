package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.NatConfig.Backend;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.NatKernel;
import io.dotp.nat.nft.KernelRules;
import io.dotp.nat.nft.NftBackends;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.nft.TableSpec;
import io.dotp.nat.nft.TableWatch;
import io.dotp.nat.usage.KernelUsage;
import io.dotp.nat.usage.Usage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's side of the mappings: the watch, then the table, then who uses it. Thread: dotp-nat,
 * but for the constructor.
 */
final class NatStart {
  private final Backend backend;
  private final TableSpec spec;
  private final long leaseNanos;
  private final NatMetrics metrics;
  private final LongSupplier nanoClock;
  private final Delivery delivery;
  private final Executor chores;
  private @Nullable TableWatch watch;
  private boolean managed;

  /**
   * @param chores do what may block once names are answered
   */
  NatStart(
      Config config,
      TableSpec spec,
      NatMetrics metrics,
      LongSupplier nanoClock,
      Delivery delivery,
      Executor chores) {
    this.backend = config.nat().backend();
    this.spec = spec;
    this.leaseNanos = config.nat().natTtl().toNanos();
    this.metrics = metrics;
    this.nanoClock = nanoClock;
    this.delivery = delivery;
    this.chores = chores;
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
      delivery.want(spec);
      String fault = delivery.check();
      if (fault != null && spec.rules().needsLocalDelivery()) {
        opened.nftables().close();
        return new OpenResult.Refused(OpenResult.Reason.REJECTED, "tproxy: " + fault);
      }
    }
    return result;
  }

  private void rules(KernelRules rules) {
    if (watch != null && managed) {
      TableSpec changed = new TableSpec(spec.table(), rules, spec.usedTimeout());
      watch.guard(changed);
      delivery.want(changed);
      chores.execute(delivery::check);
    }
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
