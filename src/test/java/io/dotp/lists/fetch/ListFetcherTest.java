package io.dotp.lists.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.upstream.TestPki;
import io.dotp.e2e.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from servers that behave, and from those that do not. */
class ListFetcherTest {
  private static final FetchLimits LIMITS = new FetchLimits(100_000, 60_000, 20_000, 5);

  @TempDir Path directory;

  private ListServer server;
  private FetchRig rig;

  @BeforeEach
  void start() throws Exception {
    server = new ListServer(null);
    rig = new FetchRig(directory.resolve("lists"), null, LIMITS);
  }

  @AfterEach
  void stop() throws IOException {
    rig.close();
    server.close();
  }

  private void with(FetchLimits limits) throws IOException {
    rig.close();
    rig = new FetchRig(directory.resolve("lists"), null, limits);
  }

  /** There is a good copy, whatever comes next. */
  private void haveGoodCopy() throws Exception {
    server.list("/good", "ETag: \"1\"\r\n", FetchRig.list());
    assertThat(rig.fetch(server.url("/good"))).isEqualTo(new FetchResult.Replaced(30));
  }

  private void expectFailure(String path, String reason) throws Exception {
    FetchResult result = rig.fetch(server.url(path));
    assertThat(result).isInstanceOf(FetchResult.Failed.class);
    assertThat(result.failure()).contains(reason);
    assertThat(rig.content()).isEqualTo(FetchRig.LIST);
    assertThat(names()).containsExactly("test", "test.origin");
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(directory.resolve("lists"))) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void list_isStoredAndAskedForOnlyOnce() throws Exception {
    server.list(
        "/l?x=1",
        "ETag: W/\"a b\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n",
        FetchRig.list());

    assertThat(rig.fetch(server.url("/l?x=1"))).isEqualTo(new FetchResult.Replaced(30));
    assertThat(rig.content()).isEqualTo(FetchRig.LIST);
    assertThat(server.requests.get(0))
        .startsWith("GET /l?x=1 HTTP/1.1\n")
        .containsIgnoringCase("host: lists.example:")
        .doesNotContainIgnoringCase("if-none-match");

    server.on("/l?x=1", out -> ListServer.text(out, "HTTP/1.1 304 Not Modified\r\n\r\n"));
    rig.epochSeconds.set(2000);

    assertThat(rig.fetch(server.url("/l?x=1"))).isEqualTo(new FetchResult.Unchanged());
    assertThat(server.requests.get(1))
        .containsIgnoringCase("if-none-match: W/\"a b\"")
        .containsIgnoringCase("if-modified-since: Mon, 01 Jan 2024");
    assertThat(rig.stored.origin().fetchedAt()).isEqualTo(2000);
    assertThat(rig.content()).isEqualTo(FetchRig.LIST);
    assertThat(rig.metrics.replaced.sum()).isEqualTo(1);
    assertThat(rig.metrics.unchanged.sum()).isEqualTo(1);
    assertThat(rig.metrics.bytes.sum()).isEqualTo(30);
  }

  @Test
  void anotherUrl_isNotAskedWithTheTagOfTheOld() throws Exception {
    haveGoodCopy();
    server.list("/other", "", FetchRig.list());
    rig.fetch(server.url("/other"));

    assertThat(server.requests.get(1)).doesNotContainIgnoringCase("if-none-match");
  }

  @Test
  void notModified_withoutACopy_isAFailure() throws Exception {
    server.on("/l", out -> ListServer.text(out, "HTTP/1.1 304 Not Modified\r\n\r\n"));

    assertThat(rig.fetch(server.url("/l")).failure()).contains("304");
  }

  @Test
  void gzipAndChunks_areUndone() throws Exception {
    server.list("/gz", "Content-Encoding: gzip\r\n", ListServer.gzip(FetchRig.list()));
    assertThat(rig.fetch(server.url("/gz"))).isEqualTo(new FetchResult.Replaced(30));
    assertThat(rig.content()).isEqualTo(FetchRig.LIST);

    server.on(
        "/chunks",
        out -> {
          ListServer.text(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          ListServer.text(out, "a\r\nx.example\n\r\n");
          ListServer.text(out, "5\r\ny.net\r\n0\r\n\r\n");
        });
    assertThat(rig.fetch(server.url("/chunks"))).isEqualTo(new FetchResult.Replaced(15));
    assertThat(rig.content()).isEqualTo("x.example\ny.net");

    server.on("/close", out -> ListServer.text(out, "HTTP/1.0 200 OK\r\n\r\nz.example\n"));
    assertThat(rig.fetch(server.url("/close"))).isEqualTo(new FetchResult.Replaced(10));
  }

  @Test
  void largeList_comesWhole() throws Exception {
    with(FetchLimits.DEFAULT);
    byte[] body = "name-number-x.example\n".repeat(300_000).getBytes(StandardCharsets.UTF_8);
    server.list("/large", "", body);

    assertThat(rig.fetch(server.url("/large"))).isEqualTo(new FetchResult.Replaced(body.length));
    assertThat(Files.readAllBytes(rig.stored.file())).isEqualTo(body);
  }

  @Test
  void redirects_areFollowedFiveTimes() throws Exception {
    haveGoodCopy();
    for (int i = 0; i < 4; i++) {
      server.redirect("/r" + i, "/r" + (i + 1));
    }
    server.redirect("/r4", server.url("/good"));
    server.redirect("/loop", "loop");
    server.redirect("/nowhere", "ftp://lists.example/x");

    assertThat(rig.fetch(server.url("/r0"))).isInstanceOf(FetchResult.Replaced.class);
    server.requests.clear();
    expectFailure("/loop", "redirects more than 5 times");
    assertThat(server.requests).hasSize(6);
    expectFailure("/nowhere", "redirects to ftp://lists.example/x, which is not followed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"404 Not Found", "500 Oops", "206 Partial Content", "204 No Content"})
  void otherStatus_keepsTheOldList(String status) throws Exception {
    haveGoodCopy();
    server.on(
        "/bad",
        out -> ListServer.text(out, "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n"));

    expectFailure("/bad", "its server answers " + status);
  }

  @Test
  void answersThatAreNone_keepTheOldList() throws Exception {
    haveGoodCopy();
    server.on("/noise", out -> ListServer.text(out, "SSH-2.0-OpenSSH_9.9\r\n\r\n"));
    server.on("/nothing", out -> {});
    server.on(
        "/header", out -> ListServer.text(out, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(99_999)));
    server.on(
        "/short",
        out -> ListServer.text(out, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nd.example\n"));
    server.on(
        "/chunk",
        out ->
            ListServer.text(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab"));
    byte[] half = Arrays.copyOf(ListServer.gzip(FetchRig.list()), 25);
    server.list("/half", "Content-Encoding: gzip\r\n", half);
    server.list("/brotli", "Content-Encoding: br\r\n", half);
    server.list("/no-gzip", "Content-Encoding: gzip\r\n", FetchRig.list());

    expectFailure("/noise", "not HTTP");
    expectFailure("/nothing", "the connection ended after 0 bytes");
    expectFailure("/header", "not HTTP");
    expectFailure("/short", "the connection ended after 10 bytes");
    expectFailure("/chunk", "not HTTP");
    expectFailure("/half", "EOFException");
    expectFailure("/brotli", "encoded as br");
    expectFailure("/no-gzip", "ZipException");
  }

  @Test
  void tooLarge_isGivenUpEarly() throws Exception {
    haveGoodCopy();
    AtomicBoolean hungUp = new AtomicBoolean();
    server.on(
        "/endless",
        out -> {
          ListServer.text(out, "HTTP/1.1 200 OK\r\n\r\n");
          try {
            while (true) {
              ListServer.text(out, "d.example\n".repeat(1000));
            }
          } catch (IOException e) {
            hungUp.set(true);
          }
        });
    server.list("/bomb", "Content-Encoding: gzip\r\n", ListServer.gzip(new byte[5_000_000]));

    expectFailure("/endless", "larger than 100000 bytes");
    Patience.until(hungUp::get, () -> "still connected");
    expectFailure("/bomb", "larger than 100000 bytes");
  }

  @Test
  void drip_endsWithTheTime() throws Exception {
    haveGoodCopy();
    with(new FetchLimits(100_000, 1_000, 20_000, 5));
    CountDownLatch hungUp = new CountDownLatch(1);
    server.on(
        "/drip",
        out -> {
          ListServer.text(out, "HTTP/1.1 200 OK\r\n\r\n");
          try {
            while (true) {
              ListServer.text(out, "d");
              Thread.onSpinWait();
            }
          } catch (IOException e) {
            hungUp.countDown();
          }
        });
    CountDownLatch forever = new CountDownLatch(1);
    server.on("/silent", out -> await(forever));
    with(new FetchLimits(Long.MAX_VALUE, 1_000, 20_000, 5));

    expectFailure("/drip", "did not come whole within 1 s");
    hungUp.await();
    expectFailure("/silent", "did not come whole within 1 s");
    forever.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void halfOfAList_isNeverSeen() throws Exception {
    haveGoodCopy();
    CountDownLatch goOn = new CountDownLatch(1);
    server.on(
        "/half",
        out -> {
          ListServer.text(out, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nd.example\n");
          await(goOn);
          ListServer.text(out, "e.example\n");
        });
    var running = rig.fetcher.fetch(ListUrl.of(server.url("/half")), rig.stored, FetchRig::judge);
    Patience.until(
        () -> rig.stored.received().toFile().length() == 10, () -> "the first half did not come");

    // Whoever is killed at this moment leaves this behind.
    assertThat(rig.content()).isEqualTo(FetchRig.LIST);
    try (FetchRig next = new FetchRig(directory.resolve("lists"), null, LIMITS)) {
      assertThat(next.fetch(server.url("/good"))).isInstanceOf(FetchResult.Replaced.class);
      assertThat(next.content()).isEqualTo(FetchRig.LIST);
    }
    goOn.countDown();
    running.toCompletableFuture().join();
  }

  @Test
  void rottenList_isRefused() throws Exception {
    haveGoodCopy();
    server.list(
        "/portal", "", "<html>\n<body>Please log in\n</html>\n".getBytes(StandardCharsets.UTF_8));

    FetchResult result = rig.fetch(server.url("/portal"));

    assertThat(result).isInstanceOf(FetchResult.Refused.class);
    assertThat(rig.content()).isEqualTo(FetchRig.LIST);
    assertThat(names()).containsExactly("test", "test.origin");
    assertThat(rig.metrics.refused.sum()).isEqualTo(1);
  }

  @Test
  void nameThatNobodyKnows_isAFailure() throws Exception {
    assertThat(rig.fetch("http://unknown.example/l").failure())
        .isEqualTo(
            "http://unknown.example/l: no upstream server knows an address of unknown.example");
    assertThat(rig.fetch("http://127.0.0.1:1/l").failure())
        .contains("cannot connect to /127.0.0.1:1");
  }

  @Test
  void addresses_areTriedInTurn() throws Exception {
    rig.addresses.add(0, InetAddress.getByName("127.0.0.99"));
    haveGoodCopy();
  }

  @Test
  void directoryThatCannotBeMade_isAFailure() throws Exception {
    Files.writeString(directory.resolve("lists"), "a file is in the way");
    server.list("/good", "", FetchRig.list());

    assertThat(rig.fetch(server.url("/good")).failure()).contains("lists");
  }

  @Test
  void certificates_areChecked() throws Exception {
    TestPki pki = new TestPki(Files.createDirectory(directory.resolve("pki")));
    try (ListServer right = new ListServer(pki.server("dns:lists.example"));
        ListServer wrong = new ListServer(pki.server("dns:other.example"));
        FetchRig trusting = new FetchRig(directory.resolve("lists"), pki.caFile(), LIMITS)) {
      right.list("/good", "", FetchRig.list());
      wrong.list("/good", "", "evil.example\n".getBytes(StandardCharsets.UTF_8));

      assertThat(trusting.fetch(right.url("/good"))).isEqualTo(new FetchResult.Replaced(30));
      assertThat(trusting.fetch(wrong.url("/good")).failure()).contains("is for other names");
      assertThat(rig.fetch(right.url("/good")).failure()).contains("issuer is unknown");
      right.redirect("/down", server.url("/good"));
      assertThat(trusting.fetch(right.url("/down")).failure()).contains("which is not followed");
      server.redirect("/up", right.url("/good"));
      assertThat(trusting.fetch(server.url("/up"))).isInstanceOf(FetchResult.Replaced.class);
      assertThat(wrong.requests).isEmpty();
      assertThat(trusting.content()).isEqualTo(FetchRig.LIST);
    }
  }
}
