package io.dotp.control;

import io.dotp.control.ControlFunctions.ListFunctions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Which request is answered by which function. What the answers hold is a promise to scripts:
 * fields are added, never renamed or taken away. Thread: the control loop.
 */
final class ControlApi {
  static final String STATUS = "/v1/status";
  static final String RELOAD = "/v1/reload";
  static final String LISTS = "/v1/lists";
  static final String REFRESH = "/v1/lists/refresh";
  static final String LOOKUP = "/v1/lists/lookup";

  private final ControlFunctions functions;

  ControlApi(ControlFunctions functions) {
    this.functions = functions;
  }

  CompletionStage<ControlAnswer> answer(ControlRequest request) {
    boolean get = request.method().equals("GET");
    boolean post = request.method().equals("POST");
    return switch (request.path()) {
      case STATUS -> get ? now(status()) : wrongMethod("GET");
      case RELOAD ->
          post ? functions.reload().get().thenApply(ControlApi::reload) : wrongMethod("POST");
      case LISTS -> get ? now(lists(functions.lists().status().get())) : wrongMethod("GET");
      case REFRESH -> post ? refresh(request.parameter("name")) : wrongMethod("POST");
      case LOOKUP ->
          get ? lookup(request.parameter("name"), request.parameter("client")) : wrongMethod("GET");
      default ->
          now(
              ControlAnswer.error(
                  ControlAnswer.NOT_FOUND, "there is nothing at " + request.path()));
    };
  }

  private static CompletionStage<ControlAnswer> now(ControlAnswer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static CompletionStage<ControlAnswer> wrongMethod(String right) {
    return now(ControlAnswer.error(ControlAnswer.METHOD_NOT_ALLOWED, "the method is " + right));
  }

  private ControlAnswer status() {
    StatusReport report = functions.status().get();
    return ControlAnswer.of(ControlAnswer.OK, json -> ReportJson.status(json, report));
  }

  private static ControlAnswer reload(ReloadReport report) {
    return ControlAnswer.of(
        report.taken() ? ControlAnswer.OK : ControlAnswer.UNPROCESSABLE,
        json -> ReportJson.reload(json, report));
  }

  private static ControlAnswer lists(List<ListReport> reports) {
    return ControlAnswer.of(ControlAnswer.OK, json -> ReportJson.lists(json, reports));
  }

  private CompletionStage<ControlAnswer> refresh(String name) {
    ListFunctions lists = functions.lists();
    return lists
        .refresh()
        .apply(name)
        .thenApply(
            reports ->
                reports.isEmpty() && !name.isEmpty()
                    ? ControlAnswer.error(
                        ControlAnswer.NOT_FOUND,
                        "there is no list '" + name + "'; 'dotp lists status' shows them")
                    : lists(reports));
  }

  private CompletionStage<ControlAnswer> lookup(String name, String client) {
    return functions
        .lists()
        .lookup()
        .apply(name, client)
        .thenApply(report -> lookup(name, client, report));
  }

  private static ControlAnswer lookup(String name, String client, LookupReport report) {
    return report.mistake().isEmpty()
        ? ControlAnswer.of(ControlAnswer.OK, json -> ReportJson.lookup(json, name, client, report))
        : ControlAnswer.error(ControlAnswer.BAD_REQUEST, report.mistake());
  }
}
