package io.dotp.lists;

import io.dotp.config.ListConfig;
import io.dotp.config.ListFormat;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteList;
import io.dotp.ip.IpAddress;
import io.dotp.lists.ListReading.Basis;
import io.dotp.lists.ListReading.Read;
import io.dotp.lists.ListReading.Refused;
import io.dotp.lists.RuleMatch.Kind;
import io.dotp.name.DomainName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The domain lists of all routes: reads them, notices when their files change, and tells how they
 * are. Nothing of a list is kept beside the policy that is made of it, so one that changes means
 * that all are read again, and one that cannot be read means that all stay as they are.
 *
 * <p>Thread: {@link #read}, {@link #take} and {@link #check} belong to one thread at a time, which
 * may block; {@link #status} and {@link #lookup} are for any, and the latter reads files.
 */
public final class RouteLists {
  private static final Logger LOG = LoggerFactory.getLogger(RouteLists.class);

  /** Rules that a look-up tells. */
  private static final int MOST_MATCHES = 100;

  private final ListLimits limits;
  private final DomainListParser parser;
  private final Path fetched;
  private final InstantSource clock;
  private volatile List<ListStatus> status = List.of();
  private volatile Basis basis = new Basis(List.of(), FileStamps.of(List.of(), List.of()));

  /** Files that have changed, as they were when that was seen; null when none has. */
  private @Nullable FileStamps changed;

  /**
   * @param fetched directory of the last good copies of what comes from a URL, by names of lists
   */
  public RouteLists(Path fetched, InstantSource clock) {
    this(fetched, clock, ListLimits.ofHeap(Runtime.getRuntime().maxMemory()));
  }

  RouteLists(Path fetched, InstantSource clock, ListLimits limits) {
    this.limits = limits;
    this.parser = new DomainListParser(limits);
    this.fetched = fetched;
    this.clock = clock;
  }

  /** Where the last good copy of a list with a URL is, or will be. */
  public Path copyOf(ListConfig list) {
    return fetched.resolve(list.name());
  }

  /** Reads the lists of these routes, and changes nothing. */
  public ListReading read(List<RouteConfig> routes) {
    // Before anything is read; of which lists the directory counts is known only afterwards.
    FileStamps before = stamps(routes, RouteLists::mayBeV2fly);
    ListReading reading =
        new PolicyReader(parser, limits, this::source, clock.instant())
            .read(new Basis(routes, before));
    if (reading instanceof Read read) {
      FileStamps needed = stamps(routes, part -> isV2fly(part, read.lists()));
      return new Read(
          read.policy(), read.lists(), read.warnings(), new Basis(routes, before.of(needed)));
    }
    return reading;
  }

  /**
   * What is wrong with a file as the list of that name, for all that these routes take of it; null
   * when nothing is. Thread: any that may block.
   */
  public @Nullable String faultOf(List<RouteConfig> routes, String name, Path file) {
    Map<String, Integer> entries = new HashMap<>();
    status.forEach(list -> entries.put(list.name(), list.entries()));
    for (RouteConfig route : routes) {
      for (RouteList part : route.names().lists()) {
        ListSource source = part.list().name().equals(name) ? source(part, file) : null;
        ListResult result = source == null ? null : parser.parse(source);
        if (result instanceof ListResult.Refused refused) {
          return refused.reason();
        }
        if (result instanceof ListResult.Loaded loaded) {
          entries.put(PolicyReader.nameOf(part), loaded.counts().rules());
        }
      }
    }
    // A copy that is good by itself must not keep the next start from reading all of them.
    return limits.surplus(entries.values().stream().mapToLong(Integer::longValue).sum(), 0);
  }

  /** What was read is in force from now on. */
  public void take(Read read) {
    status = read.lists();
    basis = read.basis();
    changed = null;
    read.warnings().forEach(LOG::warn);
    for (ListStatus list : read.lists()) {
      LOG.info(
          "list was read name={} format={} entries={} bad-lines={}",
          list.name(),
          list.format() == null ? "none" : list.format().text(),
          list.entries(),
          list.badLines());
    }
  }

  /**
   * Reads all lists again if a file has changed and seems to be complete; to be called every few
   * seconds.
   *
   * @return what is to be put in force and then {@link #take}n; null for nothing
   */
  public @Nullable Read check() {
    FileStamps now = stamps(basis.routes(), part -> isV2fly(part, status));
    if (now.equals(basis.stamps())) {
      changed = null;
      return null;
    }
    if (!now.equals(changed)) {
      // Somebody may be writing at this moment: half a list can look like a whole one.
      changed = now;
      return null;
    }
    // Whatever comes of it: tried again when the files change again.
    basis = new Basis(basis.routes(), now);
    changed = null;
    ListReading reading = read(basis.routes());
    if (reading instanceof Read read) {
      return read;
    }
    refused((Refused) reading);
    return null;
  }

  private void refused(Refused refused) {
    for (String mistake : refused.mistakes()) {
      LOG.warn("lists have changed and cannot be read, the old ones stay reason=\"{}\"", mistake);
    }
    status =
        status.stream()
            .map(
                list -> {
                  String failure = refused.failures().get(list.name());
                  return failure == null ? list : list.failed(failure);
                })
            .toList();
  }

  /** How each list is, in the order of the routes. Thread: any. */
  public List<ListStatus> status() {
    return status;
  }

  /**
   * Which rules match a name; reads all lists for it. Thread: any that may block.
   *
   * @param client for whom it is decided, null for one of whom nothing is known: routes for certain
   *     clients are passed over
   */
  public ListLookup lookup(DomainName name, @Nullable IpAddress client) {
    List<RuleMatch> matches = new ArrayList<>();
    Set<RouteConfig> passedOver = new HashSet<>();
    List<String> routesOfClient = new ArrayList<>();
    List<String> otherRoutes = new ArrayList<>();
    List<RouteConfig> routes = basis.routes();
    for (RouteConfig route : routes) {
      RuleFinder finder = new RuleFinder(name, route);
      PolicyReader.find(route, finder);
      for (RouteList list : route.names().lists()) {
        ListSource source = source(list);
        if (source != null) {
          parser.parse(source, finder);
        }
      }
      boolean serves = serves(route, client);
      (serves ? routesOfClient : otherRoutes).add(route.name());
      if (!serves || finder.matches().stream().anyMatch(RouteLists::excludes)) {
        passedOver.add(route);
      }
      matches.addAll(finder.matches());
    }
    // The best first; of equals the one of the first route, for the sort is stable.
    matches.sort(
        Comparator.comparing(RuleMatch::kind)
            .thenComparing(match -> match.kind() == Kind.SUFFIX ? -match.rule().length() : 0));
    RuleMatch decisive = null;
    for (RuleMatch match : matches) {
      boolean out = passedOver.stream().anyMatch(route -> route.id().equals(match.route()));
      if (decisive == null && match.kind() != Kind.EXCLUSION && !out) {
        decisive = match;
      }
    }
    return new ListLookup(
        name,
        decisive,
        matches.subList(0, Math.min(matches.size(), MOST_MATCHES)),
        routesOfClient,
        otherRoutes);
  }

  private static boolean excludes(RuleMatch match) {
    return match.kind() == Kind.EXCLUSION;
  }

  private static boolean serves(RouteConfig route, @Nullable IpAddress client) {
    return route.names().clients() == null
        || client != null && Objects.requireNonNull(route.names().clients()).allows(client);
  }

  /** Null when the attributes are no words. */
  private @Nullable ListSource source(RouteList part) {
    ListConfig list = part.list();
    return source(part, list.path() == null ? copyOf(list) : list.path());
  }

  private static @Nullable ListSource source(RouteList part, Path file) {
    ListConfig list = part.list();
    AttributeFilter filter = AttributeFilter.parse(part.attributes());
    if (filter == null) {
      return null;
    }
    boolean geosite = !part.category().isEmpty();
    ListFormat format = list.format() == null && geosite ? ListFormat.GEOSITE : list.format();
    return new ListSource(file, format, geosite ? part.category() : null, filter);
  }

  /**
   * @param includes which lists may include files beside them
   */
  private FileStamps stamps(List<RouteConfig> routes, Predicate<RouteList> includes) {
    Set<Path> files = new HashSet<>();
    Set<Path> directories = new HashSet<>();
    for (RouteConfig route : routes) {
      for (RouteList part : route.names().lists()) {
        ListConfig list = part.list();
        Path file = list.path() == null ? copyOf(list) : list.path();
        files.add(file);
        Path directory = file.toAbsolutePath().getParent();
        if (list.path() != null && directory != null && includes.test(part)) {
          directories.add(directory);
        }
      }
    }
    return FileStamps.of(files, directories);
  }

  /** As far as the configuration tells. */
  private static boolean mayBeV2fly(RouteList part) {
    ListFormat format = part.list().format();
    return format == ListFormat.V2FLY || format == null && part.category().isEmpty();
  }

  /** A list that includes others. */
  private static boolean isV2fly(RouteList part, List<ListStatus> read) {
    String name = PolicyReader.nameOf(part);
    return part.list().format() == ListFormat.V2FLY
        || read.stream()
            .anyMatch(list -> list.name().equals(name) && list.format() == ListFormat.V2FLY);
  }
}
