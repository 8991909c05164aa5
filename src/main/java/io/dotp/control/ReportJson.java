package io.dotp.control;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** Reports as JSON: names in lower case with underscores, units in names, times in seconds. */
final class ReportJson {
  private ReportJson() {}

  static void status(JsonGenerator json, StatusReport report) throws IOException {
    json.writeStringField("version", report.version());
    json.writeNumberField("pid", report.pid());
    json.writeNumberField("uptime_seconds", report.uptimeSeconds());
    json.writeStringField("state", report.isHealthy() ? "healthy" : "degraded");
    texts(json, "problems", report.problems());
    queries(json, report.queries());
    json.writeObjectFieldStart("configuration");
    json.writeNumberField("reloads", report.reloads().done());
    json.writeNumberField("reloads_refused", report.reloads().refused());
    texts(json, "mistakes", report.reloads().mistakes());
    json.writeEndObject();
    json.writeArrayFieldStart("pools");
    for (StatusReport.Pool pool : report.pools()) {
      pool(json, pool);
    }
    json.writeEndArray();
    table(json, report.table());
    json.writeArrayFieldStart("upstreams");
    for (StatusReport.Upstream upstream : report.upstreams()) {
      upstream(json, upstream);
    }
    json.writeEndArray();
    lists(json, report.lists());
    fetches(json, report.fetches());
    commands(json, report.commands());
  }

  private static void fetches(JsonGenerator json, StatusReport.Fetches fetches) throws IOException {
    json.writeObjectFieldStart("fetches");
    json.writeNumberField("started", fetches.started());
    json.writeNumberField("replaced", fetches.replaced());
    json.writeNumberField("unchanged", fetches.unchanged());
    json.writeNumberField("failed", fetches.failed());
    json.writeNumberField("refused", fetches.refused());
    json.writeNumberField("bytes", fetches.bytes());
    json.writeEndObject();
  }

  private static void commands(JsonGenerator json, StatusReport.Commands commands)
      throws IOException {
    json.writeObjectFieldStart("control");
    json.writeNumberField("requests", commands.requests());
    json.writeNumberField("malformed", commands.malformed());
    json.writeNumberField("too_slow", commands.tooSlow());
    json.writeNumberField("over_limit", commands.overLimit());
    json.writeNumberField("strangers", commands.strangers());
    json.writeNumberField("bugs", commands.bugs());
    json.writeEndObject();
  }

  private static void queries(JsonGenerator json, StatusReport.Queries queries) throws IOException {
    json.writeObjectFieldStart("queries");
    json.writeNumberField("received", queries.received());
    json.writeNumberField("answered", queries.answered());
    json.writeNumberField("steered", queries.steered());
    json.writeNumberField("servfail", queries.servfail());
    json.writeNumberField("cache_hits", queries.cacheHits());
    json.writeNumberField("dropped", queries.dropped());
    json.writeEndObject();
  }

  private static void pool(JsonGenerator json, StatusReport.Pool pool) throws IOException {
    json.writeStartObject();
    json.writeStringField("route", pool.route());
    json.writeStringField("family", pool.family());
    json.writeStringField("prefix", pool.prefix());
    json.writeNumberField("size", pool.size());
    json.writeNumberField("live", pool.live());
    json.writeNumberField("pending", pool.pending());
    json.writeNumberField("retired", pool.retired());
    json.writeNumberField("quarantined", pool.quarantined());
    json.writeNumberField("free", pool.free());
    json.writeNumberField("used_percent", pool.usedPercent());
    json.writeBooleanField("draining", pool.draining());
    json.writeEndObject();
  }

  private static void table(JsonGenerator json, StatusReport.Table table) throws IOException {
    json.writeObjectFieldStart("table");
    json.writeStringField("name", table.name());
    json.writeBooleanField("in_sync", table.inSync());
    json.writeNumberField("resyncs", table.resyncs());
    json.writeNumberField("foreign_changes", table.foreignChanges());
    json.writeEndObject();
  }

  private static void upstream(JsonGenerator json, StatusReport.Upstream upstream)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("server", upstream.server());
    json.writeNumberField("port", upstream.port());
    json.writeStringField("protocol", upstream.protocol());
    json.writeNumberField("group", upstream.group());
    json.writeStringField("state", upstream.state());
    json.writeNumberField("failures_in_row", upstream.failuresInRow());
    json.writeStringField("last_error", upstream.lastError());
    json.writeEndObject();
  }

  static void reload(JsonGenerator json, ReloadReport report) throws IOException {
    json.writeStringField("result", report.taken() ? "taken" : "refused");
    texts(json, "mistakes", report.mistakes());
    texts(json, "kept", report.kept());
  }

  static void lists(JsonGenerator json, List<ListReport> reports) throws IOException {
    json.writeArrayFieldStart("lists");
    for (ListReport report : reports) {
      json.writeStartObject();
      json.writeStringField("name", report.name());
      json.writeStringField("source", report.source());
      json.writeStringField("format", report.format());
      json.writeNumberField("rules", report.rules());
      json.writeNumberField("bad_lines", report.badLines());
      json.writeNumberField("loaded_at", report.loadedAt());
      json.writeNumberField("fetched_at", report.fetchedAt());
      json.writeStringField("failure", report.failure());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static void lookup(JsonGenerator json, String name, String client, LookupReport report)
      throws IOException {
    json.writeStringField("name", name);
    json.writeStringField("client", client);
    texts(json, "routes", report.routes());
    texts(json, "other_routes", report.otherRoutes());
    json.writeArrayFieldStart("matches");
    for (LookupReport.Match match : report.matches()) {
      json.writeStartObject();
      json.writeStringField("route", match.route());
      json.writeStringField("kind", match.kind());
      json.writeStringField("rule", match.rule());
      json.writeStringField("place", match.place());
      json.writeBooleanField("decides", match.decides());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void texts(JsonGenerator json, String name, List<String> texts)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }
}
