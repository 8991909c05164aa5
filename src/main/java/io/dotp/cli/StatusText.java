package io.dotp.cli;

import io.dotp.daemon.ExitCode;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** {@code dotp status} for people. */
final class StatusText {
  private StatusText() {}

  static ExitCode print(Json status, PrintStream out) {
    List<String> problems = status.texts("problems");
    out.printf(
        Locale.ROOT,
        "dotp %s: %s, up %s, pid %d%n",
        status.text("version"),
        status.text("state"),
        duration(status.number("uptime_seconds")),
        status.number("pid"));
    problems.forEach(problem -> out.println("  ! " + problem));
    Json queries = status.object("queries");
    out.printf(
        Locale.ROOT,
        "%nqueries   %d, answered %d, steered %d, from the cache %d, SERVFAIL %d, dropped %d%n",
        queries.number("received"),
        queries.number("answered"),
        queries.number("steered"),
        queries.number("cache_hits"),
        queries.number("servfail"),
        queries.number("dropped"));
    Json table = status.object("table");
    out.printf(
        Locale.ROOT,
        "table     %s, %s%n",
        table.text("name"),
        table.flag("in_sync") ? "in sync" : "NOT IN SYNC");
    Json configuration = status.object("configuration");
    out.printf(
        Locale.ROOT,
        "reloads   %d, refused %d%n",
        configuration.number("reloads"),
        configuration.number("reloads_refused"));
    pools(status, out);
    upstreams(status, out);
    if (!status.objects("lists").isEmpty()) {
      out.println();
      ListsText.status(status, out);
    }
    return status.text("state").equals("healthy") ? ExitCode.OK : ExitCode.USAGE;
  }

  private static void pools(Json status, PrintStream out) {
    TextTable table =
        new TextTable(
            "route", "family", "pool", "size", "live", "at rest", "free", "used", "state");
    for (Json pool : status.objects("pools")) {
      table.row(
          pool.text("route"),
          pool.text("family"),
          pool.text("prefix"),
          pool.text("size"),
          pool.text("live"),
          pool.text("quarantined"),
          pool.text("free"),
          pool.text("used_percent") + "%",
          pool.flag("draining") ? "draining" : "in use");
    }
    out.println();
    table.print(out);
  }

  private static void upstreams(Json status, PrintStream out) {
    TextTable table = new TextTable("upstream", "port", "protocol", "group", "state", "last error");
    for (Json upstream : status.objects("upstreams")) {
      table.row(
          upstream.text("server"),
          upstream.text("port"),
          upstream.text("protocol"),
          upstream.text("group"),
          upstream.text("state"),
          upstream.text("last_error"));
    }
    out.println();
    table.print(out);
  }

  private static String duration(long seconds) {
    long days = seconds / 86_400;
    long hours = seconds / 3600 % 24;
    long minutes = seconds / 60 % 60;
    if (days > 0) {
      return days + "d " + hours + "h";
    }
    if (hours > 0) {
      return hours + "h " + minutes + "min";
    }
    return minutes > 0 ? minutes + "min " + seconds % 60 + "s" : seconds + "s";
  }
}
