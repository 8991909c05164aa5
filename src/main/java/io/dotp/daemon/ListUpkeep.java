package io.dotp.daemon;

import io.dotp.config.ListConfig;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteList;
import io.dotp.control.ControlFunctions.ListFunctions;
import io.dotp.control.ListReport;
import io.dotp.control.LookupReport;
import io.dotp.ip.IpAddress;
import io.dotp.lists.ListLookup;
import io.dotp.lists.ListStatus;
import io.dotp.lists.RouteLists;
import io.dotp.lists.RuleMatch;
import io.dotp.lists.fetch.ListRefresher;
import io.dotp.lists.fetch.ListRefresher.Copy;
import io.dotp.lists.fetch.ListUrl;
import io.dotp.name.DomainName;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps lists that have a URL fresh, puts new ones in force, and tells of all lists. Thread:
 * dotp-chores, for everything but {@link #functions} and what they hand out.
 */
final class ListUpkeep {
  private final Reloader rules;
  private final RouteLists lists;
  private final ListRefresher refresher;
  private final Housekeeping chores;

  ListUpkeep(Reloader rules, ListRefresher refresher, Housekeeping chores) {
    this.rules = rules;
    this.lists = rules.lists();
    this.refresher = refresher;
    this.chores = chores;
  }

  /** These routes are in force from now on; their lists are fetched when their time has come. */
  void follow(List<RouteConfig> routes) {
    Map<String, ListRefresher.Source> sources = new LinkedHashMap<>();
    for (RouteConfig route : routes) {
      for (RouteList part : route.names().lists()) {
        ListConfig list = part.list();
        URI url = list.url();
        if (url != null) {
          sources.putIfAbsent(
              list.name(),
              new ListRefresher.Source(
                  list.name(),
                  ListUrl.of(url.toString()),
                  list.refresh(),
                  file -> lists.faultOf(routes, list.name(), file)));
        }
      }
    }
    refresher.sources(List.copyOf(sources.values()));
  }

  /** To be called every few seconds. */
  void check() {
    refresher.check();
    rules.checkLists();
  }

  /** Thread: any. */
  ListFunctions functions() {
    return new ListFunctions(
        this::reports, this::refresh, (name, client) -> chores.ask(() -> lookup(name, client)));
  }

  /** How each list is. Thread: any. */
  List<ListReport> reports() {
    Map<String, Copy> copies = refresher.copies();
    return lists.status().stream().map(list -> report(list, copies)).toList();
  }

  private static ListReport report(ListStatus list, Map<String, Copy> copies) {
    Copy copy = copies.get(baseOf(list.name()));
    String failure = list.lastFailure() == null ? "" : list.lastFailure();
    Instant loaded = list.loadedAt();
    return new ListReport(
        list.name(),
        list.source(),
        list.format() == null ? "" : list.format().text(),
        list.entries(),
        list.badLines(),
        loaded == null ? 0 : loaded.getEpochSecond(),
        copy == null ? 0 : copy.fetchedAt(),
        copy == null || copy.failure().isEmpty() ? failure : copy.failure());
  }

  /** The name of a list without the part of it that is meant. */
  private static String baseOf(String name) {
    return name.split("[:@]", 2)[0];
  }

  /** Thread: any. */
  private CompletionStage<List<ListReport>> refresh(String name) {
    return chores
        .ask(() -> fetch(name))
        .thenCompose(fetched -> fetched)
        .thenCompose(fetched -> chores.ask(() -> read(name)));
  }

  /** A list that is a file needs no fetching. */
  private CompletionStage<@Nullable Void> fetch(String name) {
    CompletionStage<@Nullable Void> fetching = refresher.refresh(name);
    return fetching == null ? CompletableFuture.completedFuture(null) : fetching;
  }

  private List<ListReport> read(String name) {
    // Twice, because the first look at a changed file only notes it: who asks wants it now.
    rules.checkLists();
    rules.checkLists();
    List<ListReport> reports = new ArrayList<>(reports());
    if (!name.isEmpty()) {
      reports.removeIf(each -> !each.name().equals(name) && !baseOf(each.name()).equals(name));
    }
    return reports;
  }

  private LookupReport lookup(String text, String clientText) {
    DomainName name;
    try {
      name = DomainName.parse(text);
    } catch (IllegalArgumentException e) {
      return LookupReport.ofMistake("'" + text + "' is no name: " + e.getMessage());
    }
    IpAddress client = clientText.isEmpty() ? null : IpAddress.parse(clientText);
    if (client == null && !clientText.isEmpty()) {
      return LookupReport.ofMistake("'" + clientText + "' is no address of a client");
    }
    ListLookup found = lists.lookup(name, client == null ? null : client.unmapped());
    return new LookupReport(
        "",
        found.matches().stream().map(each -> match(each, found.decisive())).toList(),
        found.routes(),
        found.otherRoutes());
  }

  private static LookupReport.Match match(RuleMatch match, @Nullable RuleMatch decisive) {
    return new LookupReport.Match(
        match.routeName(),
        match.kind().name().toLowerCase(Locale.ROOT),
        match.rule(),
        match.place(),
        match.equals(decisive));
  }
}
