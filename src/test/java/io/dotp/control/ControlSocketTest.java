package io.dotp.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.control.ControlFunctions.ListFunctions;
import io.dotp.e2e.Patience;
import io.dotp.metrics.ControlMetrics;
import io.dotp.net.EventLoops;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control socket: its file, its answers, and clients that mean no good. */
class ControlSocketTest {
  private static final StatusReport FINE =
      new StatusReport(
          "1",
          7,
          60,
          List.of(),
          new StatusReport.Queries(1, 2, 3, 4, 5, 6),
          new StatusReport.Reloads(0, 0, List.of()),
          List.of(new StatusReport.Pool("r", "ipv4", "198.18.0.0/28", 10, 1, 0, 0, 0, 9, 10, true)),
          new StatusReport.Table("inet dotp", true, 0, 0),
          List.of(new StatusReport.Upstream("192.0.2.1", 53, "dns", 0, "up", 0, "")),
          List.of(),
          new StatusReport.Fetches(1, 2, 3, 4, 5, 6),
          new StatusReport.Commands(1, 2, 3, 4, 5, 6));

  private static final long LONG_MILLIS = 60_000;

  @TempDir Path directory;

  private final ControlMetrics metrics = new ControlMetrics();
  private final AtomicInteger reloads = new AtomicInteger();
  private CompletableFuture<ReloadReport> reload =
      CompletableFuture.completedFuture(new ReloadReport(true, List.of(), List.of()));
  private final EventLoops loops = new EventLoops(1, "test-control");
  private final List<ControlSocket> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(ControlSocket::close);
    loops.close();
  }

  private Path path() {
    return directory.resolve("run/control.sock");
  }

  private @Nullable String bind(long patienceMillis) {
    ControlFunctions functions =
        new ControlFunctions(
            () -> FINE,
            () -> {
              reloads.incrementAndGet();
              return reload;
            },
            new ListFunctions(
                () -> List.of(new ListReport("ads", "/x", "plain", 5, 0, 9, 0, "")),
                name -> CompletableFuture.completedFuture(List.of()),
                (name, client) ->
                    CompletableFuture.completedFuture(
                        new LookupReport(
                            "",
                            List.of(new LookupReport.Match("r", "exact", name, "/x:1", true)),
                            List.of("r"),
                            List.of("for" + client)))));
    ControlSocket socket =
        new ControlSocket(path(), loops.all().get(0), functions, metrics, patienceMillis);
    open.add(socket);
    return socket.bind();
  }

  private void start() {
    assertThat(bind(LONG_MILLIS)).isNull();
  }

  private String ask(String method, String target) throws IOException {
    return RawClient.ask(path(), RawClient.line(method, target));
  }

  @Test
  void status_isJsonWithTheDocumentedFields() throws IOException {
    start();

    assertThat(ask("GET", "/v1/status"))
        .startsWith("HTTP/1.1 200 OK")
        .contains("application/json")
        .endsWith(
            "{\"version\":\"1\",\"pid\":7,\"uptime_seconds\":60,\"state\":\"healthy\","
                + "\"problems\":[],\"queries\":{\"received\":1,\"answered\":2,\"steered\":3,"
                + "\"servfail\":4,\"cache_hits\":5,\"dropped\":6},\"configuration\":{\"reloads\":0,"
                + "\"reloads_refused\":0,\"mistakes\":[]},\"pools\":[{\"route\":\"r\","
                + "\"family\":\"ipv4\",\"prefix\":\"198.18.0.0/28\",\"size\":10,"
                + "\"live\":1,\"pending\":0,\"retired\":0,\"quarantined\":0,\"free\":9,"
                + "\"used_percent\":10,\"draining\":true}],"
                + "\"table\":{\"name\":\"inet dotp\",\"in_sync\":true,\"resyncs\":0,"
                + "\"foreign_changes\":0},\"upstreams\":[{\"server\":\"192.0.2.1\",\"port\":53,"
                + "\"protocol\":\"dns\",\"group\":0,\"state\":\"up\",\"failures_in_row\":0,"
                + "\"last_error\":\"\"}],\"lists\":[],"
                + "\"fetches\":{\"started\":1,\"replaced\":2,\"unchanged\":3,\"failed\":4,"
                + "\"refused\":5,\"bytes\":6},\"control\":{\"requests\":1,\"malformed\":2,"
                + "\"too_slow\":3,\"over_limit\":4,\"strangers\":5,\"bugs\":6}}");
  }

  @Test
  void requests_thatAreNone_getTheirStatus() throws IOException {
    start();

    assertThat(ask("GET", "/v1/reload")).startsWith("HTTP/1.1 405");
    assertThat(ask("POST", "/v1/status")).startsWith("HTTP/1.1 405");
    assertThat(ask("GET", "/etc/passwd")).startsWith("HTTP/1.1 404");
    assertThat(ask("POST", "/v1/lists/refresh?name=none")).startsWith("HTTP/1.1 404");
    assertThat(ask("GET", "/v1/lists/lookup?name=%zz")).startsWith("HTTP/1.1 400");
    assertThat(RawClient.ask(path(), "hello\r\n\r\n")).startsWith("HTTP/1.1 400");
    assertThat(RawClient.ask(path(), "GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
    assertThat(
            RawClient.ask(
                path(),
                "POST /v1/reload HTTP/1.1\r\nConnection: close\r\nContent-Length: 99999\r\n\r\n"))
        .startsWith("HTTP/1.1 413");
    assertThat(reloads).hasValue(0);
  }

  @Test
  void lists_areShownAndLookedUp() throws IOException {
    start();

    assertThat(ask("GET", "/v1/lists"))
        .endsWith(
            "{\"lists\":[{\"name\":\"ads\",\"source\":\"/x\",\"format\":\"plain\","
                + "\"rules\":5,\"bad_lines\":0,\"loaded_at\":9,\"fetched_at\":0,\"failure\":\"\"}]}");
    assertThat(ask("GET", "/v1/lists/lookup?name=a.example%2B&client=10.0.0.1"))
        .endsWith(
            "{\"name\":\"a.example+\",\"client\":\"10.0.0.1\",\"routes\":[\"r\"],"
                + "\"other_routes\":[\"for10.0.0.1\"],\"matches\":[{\"route\":\"r\",\"kind\":\"exact\","
                + "\"rule\":\"a.example+\",\"place\":\"/x:1\",\"decides\":true}]}");
  }

  @Test
  void reload_answersWhenItHasEnded() throws IOException {
    reload = new CompletableFuture<>();
    start();
    try (RawClient client = new RawClient(path())) {
      client.send("POST /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n");
      Patience.until(() -> reloads.get() == 1, () -> "no reload");
      assertThat(ask("GET", "/v1/status")).as("meanwhile").startsWith("HTTP/1.1 200");

      reload.complete(new ReloadReport(false, List.of("f:1:2: \"wrong\""), List.of()));

      assertThat(client.readUntil("}"))
          .startsWith("HTTP/1.1 422")
          .endsWith("{\"result\":\"refused\",\"mistakes\":[\"f:1:2: \\\"wrong\\\"\"],\"kept\":[]}");
      client.send(RawClient.line("GET", "/v1/lists"));
      assertThat(client.readAll()).as("the same connection").startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void client_thatSendsNoMore_getsItsAnswer() throws IOException {
    reload = new CompletableFuture<>();
    start();
    try (RawClient now = new RawClient(path());
        RawClient later = new RawClient(path());
        RawClient half = new RawClient(path())) {
      now.send("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
      now.endInput();
      half.send("GET /v1/status HT");
      half.endInput();
      later.send("POST /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n");
      later.endInput();

      assertThat(now.readAll()).startsWith("HTTP/1.1 200").contains("connection: close");
      assertThat(half.readAll()).isEmpty();
      Patience.until(() -> reloads.get() == 1, () -> "no reload");
      assertThat(ask("GET", "/v1/status")).as("meanwhile").startsWith("HTTP/1.1 200");
      reload.complete(new ReloadReport(true, List.of(), List.of()));
      assertThat(later.readAll()).startsWith("HTTP/1.1 200");
    }
  }

  /** More of them than there are places. */
  @Test
  void clients_thatAreGoneBeforeTheirAnswer_giveTheirPlacesBack() throws IOException {
    reload = new CompletableFuture<>();
    start();
    for (int i = 1; i <= 40; i++) {
      int count = i;
      try (RawClient gone = new RawClient(path())) {
        gone.send("POST /v1/reload HTTP/1.1\r\nHost: x\r\n\r\n");
        Patience.until(
            () -> reloads.get() + metrics.overLimit.sum() == count, () -> "no reload " + count);
      }
    }

    Patience.until(this::isAnswered, () -> "the places were not given back");
    reload.complete(new ReloadReport(true, List.of(), List.of()));
    assertThat(ask("GET", "/v1/status")).startsWith("HTTP/1.1 200");
    assertThat(metrics.bugs.sum()).isZero();
  }

  @Test
  void reload_thatFails_isAnErrorForOneClient() throws IOException {
    reload = CompletableFuture.failedFuture(new IllegalStateException("planted"));
    start();

    assertThat(ask("POST", "/v1/reload")).startsWith("HTTP/1.1 500").contains("planted");
    assertThat(metrics.bugs.sum()).isEqualTo(1);
    assertThat(ask("GET", "/v1/status")).startsWith("HTTP/1.1 200");
  }

  @Test
  void secondRequestBeforeTheAnswer_cutsOff() throws IOException {
    reload = new CompletableFuture<>();
    start();
    try (RawClient client = new RawClient(path())) {
      client.send("POST /v1/reload HTTP/1.1\r\n\r\nPOST /v1/reload HTTP/1.1\r\n\r\n");

      assertThat(client.readAll()).isEmpty();
    }
    assertThat(reloads).hasValue(1);
    assertThat(metrics.malformed.sum()).isEqualTo(1);
  }

  @Test
  void slowClients_areCutOff() throws IOException {
    assertThat(bind(50)).isNull();
    try (RawClient silent = new RawClient(path());
        RawClient slow = new RawClient(path())) {
      slow.send("GET /v1/status HT");

      assertThat(silent.readAll()).isEmpty();
      assertThat(slow.readAll()).isEmpty();
    }
    assertThat(metrics.tooSlow.sum()).isEqualTo(2);
  }

  @Test
  void connections_areLimited() throws IOException {
    start();
    List<RawClient> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 32; i++) {
        idle.add(new RawClient(path()));
      }
      try (RawClient tooMany = new RawClient(path())) {
        assertThat(tooMany.readAll()).isEmpty();
      }
      assertThat(metrics.overLimit.sum()).isEqualTo(1);
      idle.remove(0).close();
      Patience.until(this::isAnswered, () -> "the place was not given back");
    } finally {
      for (RawClient client : idle) {
        client.close();
      }
    }
  }

  private boolean isAnswered() {
    try {
      return ask("GET", "/v1/status").startsWith("HTTP/1.1 200");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void noise_costsNothing() throws IOException {
    start();
    Random random = new Random(7);
    String good = RawClient.line("GET", "/v1/lists/lookup?name=a.example");
    for (int i = 0; i < 300; i++) {
      byte[] bytes = good.getBytes(StandardCharsets.ISO_8859_1);
      for (int changes = random.nextInt(6); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try (RawClient client = new RawClient(path())) {
        client.send(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
      }
    }

    assertThat(ask("GET", "/v1/status")).startsWith("HTTP/1.1 200");
    assertThat(metrics.bugs.sum()).isZero();
    assertThat(reloads).hasValue(0);
  }

  @Test
  void file_isOursAlone() throws IOException {
    start();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-rw----");
    open.get(0).close();
    assertThat(path()).doesNotExist();
  }

  @Test
  void forerunner_isReplacedOnlyWhenDead() throws IOException {
    start();
    assertThat(bind(LONG_MILLIS)).isEqualTo(path() + " is in use by another process");
    assertThat(ask("GET", "/v1/status")).startsWith("HTTP/1.1 200");
    open.get(0).close();

    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path()));
    }
    assertThat(path()).exists();
    start();
    assertThat(ask("GET", "/v1/status")).startsWith("HTTP/1.1 200");
  }

  @Test
  void obstacles_areNamed() throws IOException {
    Files.createDirectories(Objects.requireNonNull(path().getParent()));
    Files.writeString(path(), "precious");
    assertThat(bind(LONG_MILLIS)).isEqualTo(path() + " is there and is no socket");
    assertThat(path()).hasContent("precious");

    ControlSocket nowhere =
        new ControlSocket(
            directory.resolve("x".repeat(120)),
            loops.all().get(0),
            new ControlFunctions(
                () -> FINE,
                () -> reload,
                new ListFunctions(
                    List::of,
                    name -> CompletableFuture.completedFuture(List.of()),
                    (name, client) ->
                        CompletableFuture.completedFuture(LookupReport.ofMistake("none")))),
            metrics,
            LONG_MILLIS);
    open.add(nowhere);
    assertThat(nowhere.bind()).endsWith("x is longer than 107 bytes");
  }
}
