package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.RereadResult;
import io.dotp.config.RouteConfig;
import io.dotp.dns.hosts.HostsFiles;
import io.dotp.dns.resolver.AnswerRules;
import io.dotp.dns.resolver.ListedNames;
import io.dotp.dns.resolver.LocalAnswers;
import io.dotp.dns.resolver.Refusals;
import io.dotp.dns.resolver.RewriteRules;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.ip.Family;
import io.dotp.ip.IpPrefix;
import io.dotp.lists.ListReading;
import io.dotp.lists.RouteLists;
import io.dotp.nat.NatController;
import io.dotp.nat.NatSettings;
import io.dotp.nat.PoolKey;
import io.dotp.nat.PoolReload;
import io.dotp.policy.UpstreamChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
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

  private final UpstreamGroups upstreams;
  private final NatController nat;
  private final PoolKey poolKey;
  private final LongSupplier nanoClock;
  private final RouteLists lists;
  private HostsFiles hosts;
  private Config config;
  private volatile AnswerRules rules;

  /** Files beside the configuration, which have been read. */
  record Files(HostsFiles hosts, RouteLists lists) {}

  /**
   * @param config in force at the start
   * @param files that it names
   * @param listed its names
   */
  Reloader(
      Config config,
      Files files,
      ListedNames listed,
      UpstreamGroups upstreams,
      NatController nat,
      PoolKey poolKey,
      LongSupplier nanoClock) {
    this.config = config;
    this.hosts = files.hosts();
    this.lists = files.lists();
    this.upstreams = upstreams;
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

  /** Reads the lists of the routes again if their files have changed. */
  void checkLists() {
    ListReading.Read reading = lists.check();
    if (reading != null) {
      ListedNames before = rules.listed();
      ListedNames now = before.with(reading.policy(), config.routes(), before.choice());
      rules = rules(config, hosts, now);
      lists.take(reading);
      LOG.info(
          "lists were read again lists={} listed={}", reading.lists().size(), reading.entries());
    }
  }

  /** The lists of all routes. Thread: any, for what it says is for any. */
  RouteLists lists() {
    return lists;
  }

  /** Puts it in force, or says why not. */
  ReloadResult reload(RereadResult read) {
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
    ListReading reading = lists.read(next.routes());
    if (reading instanceof ListReading.Refused refused) {
      return refuse(refused.mistakes());
    }
    ListReading.Read names = (ListReading.Read) reading;
    UpstreamChoice asked = UpstreamChoice.of(next.upstream(), next.routes(), next.forwards());
    List<Integer> groups = upstreams.indexes(asked.groups());
    if (groups.isEmpty()) {
      return refuse(List.of("too many other upstream servers since the start, restart"));
    }
    PoolReload taken =
        nat.reload(new NatSettings(next.nat(), next.routes(), next.rules(), poolKey));
    if (taken instanceof PoolReload.Refused refused) {
      return refuse(List.of(refused.text()));
    }
    // After the pools: who goes by these rules finds them ready.
    ListedNames listed = rules.listed().with(names.policy(), next.routes(), asked.at(groups));
    rules = rules(next, nextHosts, listed);
    upstreams.use(groups);
    lists.take(names);
    hosts = nextHosts;
    config = next;
    if (!fit.kept().isEmpty()) {
      LOG.warn(
          "these flags keep their value until a restart flags=\"{}\"",
          String.join(" ", fit.kept()));
    }
    LOG.info(
        "configuration was read again domains={} draining-pools={}",
        domains(next) + names.entries(),
        ((PoolReload.Done) taken).draining());
    return new ReloadResult.Taken(next, fit.kept());
  }

  private static ReloadResult refuse(List<String> mistakes) {
    for (String mistake : mistakes) {
      LOG.error("configuration was not taken over, the old one stays mistake=\"{}\"", mistake);
    }
    return new ReloadResult.Refused(mistakes);
  }

  private AnswerRules rules(Config of, HostsFiles its, ListedNames listed) {
    int fakeTtl = (int) of.nat().fakeTtl().toSeconds();
    LocalAnswers local =
        new LocalAnswers(
            of.local(),
            fakeTtl,
            new LocalAnswers.Sources(
                its::table, nat::pools, nat.mappings(), nat::isRunning, nanoClock));
    RewriteRules.Source rewrite = new RewriteRules.Source(of.routes(), nat::pools);
    return new AnswerRules(listed, local, rewrite, new Refusals(of.routes()));
  }

  /** The pools of all routes in force. */
  List<IpPrefix> pools() {
    return pools(config);
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

  /** How many names the configuration itself lists. */
  static int domains(Config of) {
    return of.routes().stream()
        .mapToInt(route -> route.names().domains().size() + route.names().patterns().size())
        .sum();
  }
}
