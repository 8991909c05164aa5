package io.dotp.lists.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.e2e.Patience;
import io.dotp.lists.fetch.ListRefresher.Copy;
import io.dotp.lists.fetch.ListRefresher.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When lists are asked for. */
class ListRefresherTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path directory;

  private final AtomicLong nanos = new AtomicLong(-5);
  private ListServer server;
  private FetchRig rig;
  private ListRefresher refresher;

  @BeforeEach
  void start() throws Exception {
    server = new ListServer(null);
    rig = new FetchRig(directory, null, FetchLimits.DEFAULT);
    refresher = refresher();
    server.list("/test", "ETag: x\r\n", FetchRig.list());
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
    server.close();
  }

  private ListRefresher refresher() {
    return new ListRefresher(
        directory,
        rig.fetcher,
        new ListRefresher.Clocks(nanos::get, rig.epochSeconds::get),
        new Random(3));
  }

  private Source source(String name) {
    return new Source(name, ListUrl.of(server.url("/" + name)), HOUR, FetchRig::judge);
  }

  /** Everything of a refresher happens on one thread. */
  private <T> T there(Callable<T> call) throws Exception {
    return rig.files.submit(call).get(60, TimeUnit.SECONDS);
  }

  private void follow(Source... sources) throws Exception {
    there(
        () -> {
          refresher.sources(List.of(sources));
          return null;
        });
  }

  private void check() throws Exception {
    there(
        () -> {
          refresher.check();
          return null;
        });
  }

  private void checkAndAwait(int requests) throws Exception {
    check();
    Patience.until(() -> server.requests.size() == requests, () -> server.requests.toString());
    Patience.until(() -> ended() == requests, () -> "the download does not end");
    // What has been counted may not have been noted yet.
    there(() -> null);
  }

  private String failure(String name) {
    return Objects.requireNonNull(refresher.copies().get(name)).failure();
  }

  private long ended() {
    return rig.metrics.replaced.sum() + rig.metrics.unchanged.sum() + rig.metrics.failed.sum();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    rig.epochSeconds.addAndGet(time.toSeconds());
  }

  @Test
  void newList_isFetchedAtOnceAndThenAboutEveryInterval() throws Exception {
    follow(source("test"));
    assertThat(refresher.copies()).containsEntry("test", new Copy(0, ""));
    checkAndAwait(1);
    assertThat(refresher.copies()).containsEntry("test", new Copy(1000, ""));

    pass(Duration.ofMinutes(53));
    check();
    assertThat(rig.metrics.started.sum()).as("an hour less a tenth").isEqualTo(1);
    pass(Duration.ofMinutes(14));
    server.on("/test", out -> ListServer.text(out, "HTTP/1.1 304 Not Modified\r\n\r\n"));
    checkAndAwait(2);

    assertThat(refresher.copies()).containsEntry("test", new Copy(1000 + 67 * 60, ""));
  }

  @Test
  void failures_areRepeatedLaterAndLater() throws Exception {
    follow(source("none"));
    checkAndAwait(1);
    assertThat(failure("none")).contains("404 Not Found");

    pass(Duration.ofSeconds(29));
    check();
    assertThat(rig.metrics.started.sum()).isEqualTo(1);
    pass(Duration.ofSeconds(31));
    checkAndAwait(2);
    pass(Duration.ofSeconds(59));
    check();
    assertThat(rig.metrics.started.sum()).isEqualTo(2);
    pass(Duration.ofSeconds(61));
    server.list("/none", "", FetchRig.list());
    checkAndAwait(3);
    assertThat(failure("none")).isEmpty();
  }

  @Test
  void copyOfAnEarlierRun_isGoodUntilItIsOld() throws Exception {
    follow(source("test"));
    checkAndAwait(1);
    refresher = refresher();
    pass(Duration.ofMinutes(59));

    follow(source("test"));
    check();
    assertThat(rig.metrics.started.sum()).isEqualTo(1);
    pass(Duration.ofMinutes(1));
    checkAndAwait(2);

    refresher = refresher();
    rig.epochSeconds.set(0);
    follow(source("test"));
    checkAndAwait(3);
  }

  @Test
  void refresh_joinsWhatIsUnderWay() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    server.on(
        "/test",
        out -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          ListServer.text(out, "HTTP/1.1 200 OK\r\n\r\n" + FetchRig.LIST);
        });
    follow(source("test"));
    CompletionStage<?> first = Objects.requireNonNull(there(() -> refresher.refresh("test")));
    CompletionStage<?> second = Objects.requireNonNull(there(() -> refresher.refresh("")));
    check();
    goOn.countDown();
    first.toCompletableFuture().get(60, TimeUnit.SECONDS);
    second.toCompletableFuture().get(60, TimeUnit.SECONDS);

    assertThat(rig.metrics.started.sum()).isEqualTo(1);
    assertThat(rig.content()).isEqualTo(FetchRig.LIST);
    assertThat(there(() -> String.valueOf(refresher.refresh("unknown")))).isEqualTo("null");
  }

  @Test
  void sourceThatWentAway_isForgotten() throws Exception {
    follow(source("test"), source("none"));
    checkAndAwait(2);
    follow(source("test"));

    assertThat(refresher.copies()).containsOnlyKeys("test");
    pass(Duration.ofMinutes(10));
    check();
    assertThat(rig.metrics.started.sum()).isEqualTo(2);
  }
}
