package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.RereadResult;
import io.dotp.config.RouteConfig;
import io.dotp.dns.hosts.HostsFiles;
import io.dotp.dns.resolver.AnswerRules;
import io.dotp.dns.resolver.ListedNames;
import io.dotp.dns.resolver.LocalAnswers;
import io.dotp.dns.resolver.RewriteRules;
import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import io.dotp.nat.NatController;
import io.dotp.nat.NatSettings;
import io.dotp.nat.PoolKey;
import io.dotp.nat.PoolReload;
import io.dotp.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts another configuration in force without a query lost: everything is built beside the old, and
 * one write changes from the one to the other. A mistake anywhere leaves the old one in force.
 *
 * <p>Thread: dotp-chores, for everything but {@link #rules}.
 */
final class Reloader {
  private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

  private final NatController nat;
  private final PoolKey poolKey;
  private final LongSupplier nanoClock;
  private HostsFiles hosts;
  private volatile AnswerRules rules;

  /**
   * @param config in force at the start
   * @param hosts its hosts files, which have been read
   * @param listed its names
   */
  Reloader(
      Config config,
      HostsFiles hosts,
      ListedNames listed,
      NatController nat,
      PoolKey poolKey,
      LongSupplier nanoClock) {
    this.hosts = hosts;
    this.nat = nat;
    this.poolKey = poolKey;
    this.nanoClock = nanoClock;
    this.rules = rules(config, hosts, listed);
  }

  /** What answers are made by at this moment. Thread: any. */
  AnswerRules rules() {
    return rules;
  }

  /** Reads the hosts files again if they have changed. */
  void checkHosts() {
    hosts.check();
  }

  /**
   * Puts it in force, or says why not.
   *
   * @return the new configuration, null when the old one stays
   */
  @Nullable Config reload(RereadResult read) {
    if (read instanceof RereadResult.Invalid invalid) {
      return refuse(invalid.mistakes());
    }
    RereadResult.Reread fit = (RereadResult.Reread) read;
    Config next = fit.config();
    HostsFiles nextHosts = new HostsFiles(next.local().hostsFiles());
    String failure = nextHosts.load();
    if (failure != null) {
      return refuse(List.of("--hosts-file: " + failure));
    }
    PoolReload pools =
        nat.reload(new NatSettings(next.nat(), next.routes(), next.rules(), poolKey));
    if (pools instanceof PoolReload.Refused refused) {
      return refuse(List.of(refused.text()));
    }
    // After the pools: who goes by these rules finds them ready.
    rules = rules(next, nextHosts, rules.listed().with(Policy.of(next.routes())));
    hosts = nextHosts;
    if (!fit.kept().isEmpty()) {
      LOG.warn(
          "these flags keep their value until a restart flags=\"{}\"",
          String.join(" ", fit.kept()));
    }
    LOG.info(
        "configuration was read again domains={} draining-pools={}",
        domains(next),
        ((PoolReload.Done) pools).draining());
    return next;
  }

  private static @Nullable Config refuse(List<String> mistakes) {
    for (String mistake : mistakes) {
      LOG.error("configuration was not taken over, the old one stays mistake=\"{}\"", mistake);
    }
    return null;
  }

  private AnswerRules rules(Config of, HostsFiles its, ListedNames listed) {
    int fakeTtl = (int) of.nat().fakeTtl().toSeconds();
    LocalAnswers local =
        new LocalAnswers(
            of.local(),
            pools(of),
            fakeTtl,
            new LocalAnswers.Sources(
                its::table, nat.mappings(), listed::isClaimed, nat::isRunning, nanoClock));
    RewriteRules.Source rewrite =
        new RewriteRules.Source(listed::own, listed::remembered, of.routes());
    return new AnswerRules(listed, local, rewrite, fakeTtl);
  }

  /** The pools of all routes. */
  static List<IpPrefix> pools(Config of) {
    List<IpPrefix> pools = new ArrayList<>();
    for (RouteConfig route : of.routes()) {
      for (Family family : Family.values()) {
        IpPrefix pool = route.prefix(family);
        if (pool != null) {
          pools.add(pool);
        }
      }
    }
    return pools;
  }

  /** How many names are listed. */
  static int domains(Config of) {
    return of.routes().stream().mapToInt(route -> route.names().domains().size()).sum();
  }
}
