package io.dotp.cli;

import io.dotp.daemon.ExitCode;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;

/** {@code dotp lists} for people. */
final class ListsText {
  private ListsText() {}

  static ExitCode status(Json reply, PrintStream out) {
    List<Json> lists = reply.objects("lists");
    if (lists.isEmpty()) {
      out.println("there are no lists");
      return ExitCode.OK;
    }
    TextTable table =
        new TextTable("list", "rules", "bad", "format", "loaded", "source", "failure");
    for (Json list : lists) {
      table.row(
          list.text("name"),
          list.text("rules"),
          list.text("bad_lines"),
          list.text("format"),
          time(Math.max(list.number("loaded_at"), list.number("fetched_at"))),
          list.text("source"),
          list.text("failure"));
    }
    table.print(out);
    return ExitCode.OK;
  }

  /** Ends with 1 when a list that was asked for could not be had. */
  static ExitCode refresh(Json reply, PrintStream out) {
    status(reply, out);
    boolean failed =
        reply.objects("lists").stream().anyMatch(one -> !one.text("failure").isEmpty());
    return failed ? ExitCode.USAGE : ExitCode.OK;
  }

  /** Ends with 1 when no list has the name. */
  static ExitCode lookup(Json reply, PrintStream out) {
    List<Json> matches = reply.objects("matches");
    if (matches.isEmpty()) {
      out.println(reply.text("name") + " is on no list");
    } else {
      matches(matches, out);
    }
    routes(reply, out);
    return matches.isEmpty() ? ExitCode.USAGE : ExitCode.OK;
  }

  private static void matches(List<Json> matches, PrintStream out) {
    TextTable table = new TextTable("", "route", "kind", "rule", "place");
    for (Json match : matches) {
      table.row(
          match.flag("decides") ? "*" : "",
          match.text("route"),
          match.text("kind"),
          match.text("rule"),
          match.text("place"));
    }
    table.print(out);
  }

  /** Whom the star is for. */
  private static void routes(Json reply, PrintStream out) {
    String client = reply.text("client");
    String others = String.join(", ", reply.texts("other_routes"));
    if (!client.isEmpty()) {
      List<String> routes = reply.texts("routes");
      out.println(
          client
              + " has "
              + (routes.isEmpty() ? "no route" : "routes " + String.join(", ", routes)));
      if (!others.isEmpty()) {
        out.println("and not, because of their 'clients': " + others);
      }
    } else if (!others.isEmpty()) {
      out.println("not looked at, for their 'clients' are not all: " + others);
      out.println("--client ADDR tells what one of them gets");
    }
  }

  private static String time(long epochSecond) {
    return epochSecond == 0 ? "never" : Instant.ofEpochSecond(epochSecond).toString();
  }
}
