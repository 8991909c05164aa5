package io.dotp.config;

import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the routes: first the one of the flags, if it has names, then each {@code [[route]]} in the
 * order of the files. Their pools are read before anything else, because nothing else may lie in
 * them.
 */
final class RouteReader {
  private static final String DEFAULT_NAME = RouteId.DEFAULT.name();

  /** Names of routes stand in logs, metrics and names of chains. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,31}");

  /** Keys that mean nothing where no fakes are given out. */
  private static final List<String> OF_FAKES =
      List.of("ipv4-prefix", "ipv6-prefix", "fake-ttl", "https-records", "allow-private-real");

  private final SettingReader whole;

  /** Of routes that say nothing about it. */
  private final HttpsRecords httpsRecords;

  private final List<Draft> drafts = new ArrayList<>();

  /** A route of which only the pools are known. */
  private record Draft(SettingReader reader, String name, PoolPrefixes pools) {}

  /**
   * Who reads what routes have of other kinds.
   *
   * @param fakeTtl of routes that say nothing about it
   */
  record Parts(UpstreamReader upstreams, ListReader lists, RulesReader rules, Duration fakeTtl) {}

  RouteReader(SettingReader whole) {
    this.whole = whole;
    List<Settings> tables = whole.settings().tables("route");
    boolean routed = !whole.settings().all("domain").isEmpty();
    if (routed || tables.isEmpty()) {
      drafts.add(new Draft(whole, DEFAULT_NAME, PoolPrefixes.read(whole)));
    } else {
      refuseIdlePools();
    }
    httpsRecords = whole.choice("https-records", HttpsRecords.REWRITE, HttpsRecords.values());
    Map<String, String> places = new HashMap<>();
    for (Settings table : tables) {
      SettingReader reader = whole.within(table);
      drafts.add(new Draft(reader, name(reader, places), PoolPrefixes.read(reader)));
    }
    refuseOverlaps();
  }

  /** A pool on the command line is for the names there. */
  private void refuseIdlePools() {
    for (String key : List.of("ipv4-prefix", "ipv6-prefix")) {
      refuseIdle(key, "is the pool of --domain, and there is none; a [[route]] has its own");
    }
    for (String key : List.of("mark", "mark-mask", "mss", "block-quic")) {
      refuseIdle(key, "is for the route of --domain, and there is none; a [[route]] has its own");
    }
  }

  private void refuseIdle(String key, String message) {
    Setting given = whole.settings().one(key);
    if (given != null) {
      whole.mistake(given, message);
    }
  }

  private static void requirePool(SettingReader reader) {
    Settings settings = reader.settings();
    if (settings.one("ipv4-prefix") == null && settings.one("ipv6-prefix") == null) {
      reader.missing(
          settings.place().isEmpty() ? "ipv4-prefix, --ipv6-prefix" : "ipv4-prefix, ipv6-prefix",
          "at least one of the two is required");
    }
  }

  private static String name(SettingReader reader, Map<String, String> places) {
    Setting given = reader.settings().one("name");
    if (given == null) {
      reader.missing("name", "is required: a word for logs and rules, for example \"vpn\"");
      return "";
    }
    String name = given.text();
    if (!NAME.matcher(name).matches()) {
      reader.mistake(given, "'" + name + "' is no name: a letter, then letters, digits, - and _");
    } else if (name.equals(DEFAULT_NAME)) {
      reader.mistake(given, "'default' is the route of the flags, choose another name");
    }
    String earlier = places.putIfAbsent(name, given.place());
    if (earlier != null) {
      reader.mistake(given, "'" + name + "' stands at " + earlier + " already");
    }
    return name;
  }

  private void refuseOverlaps() {
    for (int i = 0; i < drafts.size(); i++) {
      for (Draft earlier : drafts.subList(0, i)) {
        for (IpPrefix pool : drafts.get(i).pools.all()) {
          refuseOverlap(drafts.get(i), pool, earlier);
        }
      }
    }
  }

  private static void refuseOverlap(Draft draft, IpPrefix pool, Draft earlier) {
    for (IpPrefix other : earlier.pools.all()) {
      if (pool.overlaps(other)) {
        String key = pool.equals(draft.pools.ipv4()) ? "ipv4-prefix" : "ipv6-prefix";
        draft.reader.mistake(
            java.util.Objects.requireNonNull(draft.reader.settings().one(key)),
            pool + " overlaps " + other + " of route " + earlier.name);
      }
    }
  }

  /** Of all routes. */
  List<IpPrefix> pools() {
    return drafts.stream().flatMap(draft -> draft.pools.all().stream()).toList();
  }

  List<RouteConfig> routes(Parts parts) {
    List<RouteConfig> routes = new ArrayList<>();
    for (Draft draft : drafts) {
      SettingReader reader = draft.reader;
      RouteNames names =
          reader == whole
              ? RouteNames.of(plainNames())
              : new RouteNamesReader(reader, parts.lists).names();
      routes.add(route(draft, names, parts));
    }
    return routes;
  }

  /** The flags have names only, as they always had. */
  private List<DomainName> plainNames() {
    List<DomainName> domains = new ArrayList<>();
    for (Setting given : whole.required("domain", "a name to steer, for example example.com")) {
      DomainName name = whole.name(given, given.text());
      if (name != null) {
        domains.add(name);
      }
    }
    return domains;
  }

  private static Treatment treatment(SettingReader reader) {
    Treatment treatment = reader.choice("treatment", Treatment.NAT, Treatment.values());
    if (treatment.hasFakes()) {
      requirePool(reader);
    } else {
      OF_FAKES.forEach(key -> refuseKey(reader, key, "is for treatment nat and proxy"));
    }
    if (treatment != Treatment.REFUSE) {
      refuseKey(reader, "rcode", "is for treatment refuse");
    } else {
      refuseKey(reader, "upstream-host", "is never asked, the route refuses its names");
    }
    return treatment;
  }

  private static void refuseKey(SettingReader reader, String key, String reason) {
    Setting given = reader.settings().one(key);
    if (given != null) {
      reader.mistake(given, reason + ", leave it out");
    }
  }

  private RouteConfig route(Draft draft, RouteNames names, Parts parts) {
    SettingReader reader = draft.reader;
    boolean own = reader != whole;
    Treatment treatment = Treatment.NAT;
    if (own) {
      treatment = treatment(reader);
    } else {
      requirePool(reader);
    }
    HttpsRecords https =
        own ? reader.choice("https-records", httpsRecords, HttpsRecords.values()) : httpsRecords;
    UpstreamConfig upstream =
        own && !reader.settings().all("upstream-host").isEmpty()
            ? parts.upstreams.ofRoute(reader)
            : null;
    boolean privateReal = reader.is("allow-private-real", !own || upstream != null);
    return new RouteConfig(
        new RouteId(draft.name),
        names,
        treatment,
        draft.pools.ipv4(),
        draft.pools.ipv6(),
        parts.rules.route(reader, draft.name, treatment),
        privateReal,
        https,
        upstream,
        own ? reader.seconds("fake-ttl", parts.fakeTtl, Duration.ofSeconds(1)) : parts.fakeTtl,
        own ? reader.choice("rcode", Refusal.NXDOMAIN, Refusal.values()) : Refusal.NXDOMAIN);
  }
}
