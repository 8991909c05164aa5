package io.dotp.daemon;

import io.dotp.config.Config;
import io.dotp.config.NatConfig.Backend;
import io.dotp.config.PoolSecret;
import io.dotp.config.ProcessConfig.LogLevel;
import io.dotp.config.RereadResult;
import io.dotp.control.ControlFunctions;
import io.dotp.control.ControlSocket;
import io.dotp.control.ReloadReport;
import io.dotp.dns.hosts.HostsFiles;
import io.dotp.dns.resolver.AliasMemory;
import io.dotp.dns.resolver.InflightQueries;
import io.dotp.dns.resolver.ListedNames;
import io.dotp.dns.resolver.Resolver;
import io.dotp.dns.resolver.Resolver.ResolverParts;
import io.dotp.dns.resolver.ResponseCache;
import io.dotp.dns.server.DnsServer;
import io.dotp.dns.server.UpstreamSide;
import io.dotp.dns.upstream.AddressLookup;
import io.dotp.dns.upstream.UpstreamClient;
import io.dotp.dns.upstream.UpstreamGroups;
import io.dotp.ip.IpPrefix;
import io.dotp.lists.ListReading;
import io.dotp.lists.RouteLists;
import io.dotp.lists.fetch.FetchLimits;
import io.dotp.lists.fetch.ListFetcher;
import io.dotp.lists.fetch.ListRefresher;
import io.dotp.metrics.Metrics;
import io.dotp.nat.NatController;
import io.dotp.nat.NatSettings;
import io.dotp.nat.PoolKey;
import io.dotp.nat.journal.Journal;
import io.dotp.nat.journal.MappingJournal;
import io.dotp.nat.journal.NoJournal;
import io.dotp.nat.mapping.MappingTable;
import io.dotp.nat.nft.LocalDelivery;
import io.dotp.nat.nft.OpenResult;
import io.dotp.nat.nft.TableSpec;
import io.dotp.nat.usage.ConntrackFill;
import io.dotp.net.AddressWatch;
import io.dotp.net.EventLoops;
import io.dotp.policy.UpstreamChoice;
import io.netty.channel.EventLoop;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All parts of the running program, and the order in which they start and stop. Whatever an earlier
 * run left in the kernel is adopted before port 53 opens, so no answer ever contradicts a flow that
 * is under way. Thread: main.
 */
final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  private final Config config;
  private final Metrics metrics = new Metrics();
  private final LongSupplier nanoClock;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final UpstreamChoice choice;
  private final UpstreamGroups upstreams;
  private final ConntrackFill conntrack = new ConntrackFill();
  private final Housekeeping chores = new Housekeeping(metrics.chores());
  private final Delivery delivery = new Delivery(LocalDelivery::ensure);
  private final AtomicBoolean reloadRequested = new AtomicBoolean();
  private @Nullable NatController nat;
  private @Nullable Reloader reloader;
  private @Nullable AddressWatch ownAddresses;
  private @Nullable StatusReports reports;
  private @Nullable EventLoop sideLoop;
  private @Nullable AddressLookup addresses;
  private @Nullable ListUpkeep upkeep;

  private Daemon(Config config, LongSupplier nanoClock) {
    this.config = config;
    this.nanoClock = nanoClock;
    this.choice = UpstreamChoice.of(config.upstream(), config.routes(), config.forwards());
    this.upstreams = new UpstreamGroups(choice.groups(), metrics.upstream(), nanoClock);
  }

  /**
   * @param nanoClock monotonic, compared by subtraction
   */
  static Daemon start(Config config, LongSupplier nanoClock) throws StartFailure {
    StartChecks.checkAuthorities(config);
    Daemon daemon = new Daemon(config, nanoClock);
    try {
      daemon.startParts();
      return daemon;
    } catch (StartFailure | RuntimeException | Error e) {
      daemon.close();
      throw e;
    }
  }

  private void startParts() throws StartFailure {
    StateDirectory state = started(StateDirectory.open(config.process().stateDir()));
    PortProbe.check(config.dns());
    AddressWatch own = watchAddresses();
    ownAddresses = own;
    StartChecks.check(config, own.get());
    EventLoops loops = started(new EventLoops(Runtime.getRuntime().availableProcessors()));
    sideLoop = started(new EventLoops(1, "dotp-control")).all().get(0);
    ControlStart.check(config.control());
    started(TableLock.take(config.nat().table(), loops.all().get(0)));
    started(chores);
    HostsFiles hosts = readHosts();
    RouteLists lists = new RouteLists(state.lists(), Clock.systemUTC());
    ListReading.Read names = readLists(lists);
    PoolKey key = new PoolKey(poolKey(state));
    NatController controller = startNat(state, key);
    nat = controller;
    AliasMemory memory = new AliasMemory(nanoClock, metrics.dns());
    ListedNames listed = new ListedNames(names.policy(), config.routes(), memory, choice);
    lists.take(names);
    Reloader.Files files = new Reloader.Files(hosts, lists);
    Reloader rules = new Reloader(config, files, listed, upstreams, controller, key, nanoClock);
    reloader = rules;
    DnsServer server = startDns(loops, own, controller, rules);
    ListUpkeep kept = new ListUpkeep(rules, refresher(state.lists()), chores);
    kept.follow(config.routes());
    upkeep = kept;
    reports =
        new StatusReports(
            config.nat().table(),
            metrics,
            upstreams,
            new StatusReports.Parts(controller::status, delivery::fault, kept::reports, nanoClock));
    chores.repeat(rules::checkHosts);
    chores.repeat(kept::check);
    chores.repeat(server::sampleKernelDrops);
    chores.repeat(conntrack::check);
    started((AutoCloseable) server::drain);
    LOG.info(
        "serving hosts={} port={} domains={} table=\"inet {}\"",
        config.dns().hosts(),
        config.dns().port(),
        Reloader.domains(config) + names.entries(),
        config.nat().table());
  }

  private static AddressWatch watchAddresses() throws StartFailure {
    try {
      return AddressWatch.start();
    } catch (SocketException e) {
      throw new StartFailure(ExitCode.NETWORK, "cannot list own addresses: " + e.getMessage(), e);
    }
  }

  private HostsFiles readHosts() throws StartFailure {
    HostsFiles hosts = new HostsFiles(config.local().hostsFiles());
    String failure = hosts.load();
    if (failure != null) {
      throw new StartFailure(ExitCode.FILE, "--hosts-file: " + failure);
    }
    return hosts;
  }

  private ListReading.Read readLists(RouteLists lists) throws StartFailure {
    ListReading reading = lists.read(config.routes());
    if (reading instanceof ListReading.Refused refused) {
      throw StartFailure.of(refused);
    }
    return (ListReading.Read) reading;
  }

  private NatController startNat(StateDirectory state, PoolKey key) throws StartFailure {
    NatSettings settings = new NatSettings(config.nat(), config.routes(), config.rules(), key);
    Journal journal = journal(state);
    TableSpec spec =
        new TableSpec(
            config.nat().table(),
            settings.rules(settings.draining(journal.contents())),
            config.nat().natTtl());
    NatStart kernel = new NatStart(config, spec, metrics.nat(), nanoClock, delivery, chores::once);
    NatController controller =
        started(new NatController(settings, kernel.kernel(), journal, metrics.nat(), nanoClock));
    NatController.StartResult result = controller.start();
    chores.repeat(delivery::check);
    if (result instanceof NatController.StartResult.Failed failed) {
      throw new StartFailure(exitCode(failed.reason()), failed.text());
    }
    return controller;
  }

  private byte[] poolKey(StateDirectory state) throws StartFailure {
    PoolSecret given = config.nat().pool().secret();
    return given == null ? state.poolKey() : given.toBytes();
  }

  private Journal journal(StateDirectory state) {
    return started(
        config.nat().backend() == Backend.NONE
            ? new NoJournal()
            : MappingJournal.open(
                state.journal(), System::currentTimeMillis, nanoClock, metrics.journal()));
  }

  static ExitCode exitCode(OpenResult.Reason reason) {
    return reason == OpenResult.Reason.MISSING_LIBRARY ? ExitCode.OTHER : ExitCode.NETWORK;
  }

  private DnsServer startDns(
      EventLoops loops, AddressWatch own, NatController controller, Reloader reload)
      throws StartFailure {
    ResolverParts parts =
        new ResolverParts(
            new InflightQueries(metrics.dns()),
            new ResponseCache(config.cache(), nanoClock),
            controller,
            reload::rules,
            () -> own.get().addresses(),
            metrics.dns(),
            nanoClock);
    List<DnsServer.LoopResolver> resolvers = new ArrayList<>();
    for (EventLoop loop : loops.all()) {
      UpstreamClient client =
          started(
              new UpstreamClient(
                  loop, upstreams, () -> reload.rules().listed(), metrics.upstream(), nanoClock));
      addresses = new AddressLookup(loop, client);
      resolvers.add(new DnsServer.LoopResolver(loop, new Resolver(loop, client, parts)));
    }
    DnsServer server =
        started(
            new DnsServer(
                config.dns(),
                resolvers,
                own,
                new UpstreamSide(upstreams::isOwnSocket, upstreams::isAsking),
                metrics.dns()));
    String failure = server.bind();
    if (failure != null) {
      throw new StartFailure(ExitCode.NETWORK, "cannot listen on " + failure);
    }
    return server;
  }

  private ListRefresher refresher(Path directory) {
    ListFetcher fetcher =
        new ListFetcher(
            Objects.requireNonNull(sideLoop),
            chores,
            new ListFetcher.Surroundings(
                Objects.requireNonNull(addresses)::lookUp,
                config.fetch().caFile(),
                Daemon::epochSeconds),
            FetchLimits.DEFAULT,
            metrics.fetch());
    return new ListRefresher(
        directory,
        fetcher,
        new ListRefresher.Clocks(nanoClock, Daemon::epochSeconds),
        new SecureRandom());
  }

  private static long epochSeconds() {
    return System.currentTimeMillis() / 1000;
  }

  private <T extends AutoCloseable> T started(T part) {
    started.push(part);
    return part;
  }

  /**
   * Reads the configuration again and puts it in force, soon. Requests that come before it is read
   * are one. Thread: any.
   *
   * @param reread reads it; called on a thread that may block
   * @param level told the level that is logged from now on
   */
  void requestReload(Supplier<RereadResult> reread, Consumer<LogLevel> level) {
    if (!reloadRequested.compareAndSet(false, true)) {
      return;
    }
    chores.once(
        () -> {
          reloadRequested.set(false);
          reload(reread, level);
        });
  }

  private ReloadResult reload(Supplier<RereadResult> reread, Consumer<LogLevel> level) {
    ReloadResult result = reload(reread.get());
    if (result instanceof ReloadResult.Taken taken) {
      level.accept(taken.config().process().logLevel());
    }
    return result;
  }

  /** Thread: dotp-chores, or one that stands for it. */
  ReloadResult reload(RereadResult read) {
    Reloader rules = Objects.requireNonNull(reloader);
    List<IpPrefix> before = rules.pools();
    ReloadResult result =
        rules.reload(StartChecks.checked(read, Objects.requireNonNull(ownAddresses).get()));
    if (result instanceof ReloadResult.Taken taken) {
      delivery.check();
      metrics.reload().done.increment();
      Objects.requireNonNull(upkeep).follow(taken.config().routes());
      Objects.requireNonNull(reports).reloaded(List.of());
      List<IpPrefix> fresh = new ArrayList<>(Reloader.pools(taken.config()));
      fresh.removeAll(before);
      RouteWarnings.of(taken.config()).forEach(LOG::warn);
      StartChecks.warnOf(fresh, Objects.requireNonNull(ownAddresses).get());
    } else if (result instanceof ReloadResult.Refused refused) {
      metrics.reload().refused.increment();
      Objects.requireNonNull(reports).reloaded(refused.mistakes());
    }
    return result;
  }

  /**
   * Takes commands from now on.
   *
   * @param reread as for {@link #requestReload}
   */
  void openControl(Supplier<RereadResult> reread, Consumer<LogLevel> level) throws StartFailure {
    ControlFunctions functions =
        new ControlFunctions(
            Objects.requireNonNull(reports)::report,
            () -> reloadNow(reread, level),
            Objects.requireNonNull(upkeep).functions());
    ControlSocket socket =
        ControlStart.open(
            config.control(), Objects.requireNonNull(sideLoop), functions, metrics.control());
    if (socket != null) {
      started(socket);
    }
  }

  private CompletionStage<ReloadReport> reloadNow(
      Supplier<RereadResult> reread, Consumer<LogLevel> level) {
    return chores.ask(
        () -> {
          ReloadResult result = reload(reread, level);
          return result instanceof ReloadResult.Taken taken
              ? new ReloadReport(true, List.of(), taken.kept())
              : new ReloadReport(false, ((ReloadResult.Refused) result).mistakes(), List.of());
        });
  }

  /** The lists of all routes: how they are, and which rule a name meets. Thread: any. */
  RouteLists lists() {
    return Objects.requireNonNull(reloader).lists();
  }

  /** Reads the lists again if their files changed. Thread: dotp-chores, or one for it. */
  void checkLists() {
    Objects.requireNonNull(reloader).checkLists();
  }

  /** One line for SIGUSR1. Thread: any. */
  String status() {
    return StatusLine.of(metrics, Objects.requireNonNull(nat).status(), conntrack, upstreams);
  }

  /** What is mapped at this moment. Thread: any. */
  MappingTable mappings() {
    return Objects.requireNonNull(nat).mappings();
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      AutoCloseable part = started.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        LOG.error("cannot stop part={}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
