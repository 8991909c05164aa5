package io.dotp.lists.fetch;

import io.dotp.lists.DomainListParser;
import io.dotp.lists.ListLimits;
import io.dotp.lists.ListResult;
import io.dotp.lists.ListSource;
import io.dotp.metrics.FetchMetrics;
import io.dotp.net.EventLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A fetcher with what it needs: names are those of the test, and its clock stands still. */
final class FetchRig implements AutoCloseable {
  static final String LIST = "a.example\nb.example\nc.example\n";

  final FetchMetrics metrics = new FetchMetrics();
  final AtomicLong epochSeconds = new AtomicLong(1000);
  final ExecutorService files = Executors.newSingleThreadExecutor();
  final ListFetcher fetcher;
  final StoredList stored;
  private final EventLoops loops = new EventLoops(1, "test-fetch");

  /** Where {@code lists.example} is; all other names are unknown. */
  final List<InetAddress> addresses = new ArrayList<>();

  /**
   * @param caFile null for the Java runtime's authorities
   */
  FetchRig(Path directory, @Nullable Path caFile, FetchLimits limits) throws IOException {
    addresses.add(InetAddress.getByName("127.0.0.1"));
    stored = new StoredList(directory, "test");
    fetcher =
        new ListFetcher(
            loops.all().get(0),
            files,
            new ListFetcher.Surroundings(
                (name, done) ->
                    done.accept(
                        name.toString().startsWith("lists.example") ? addresses : List.of()),
                caFile,
                epochSeconds::get),
            limits,
            metrics);
  }

  FetchResult fetch(String url) throws Exception {
    return fetcher
        .fetch(ListUrl.of(url), stored, FetchRig::judge)
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  /** As the daemon does it: whoever has more than a tenth of bad lines is refused. */
  static @Nullable String judge(Path file) {
    ListResult result = new DomainListParser(ListLimits.DEFAULT).parse(ListSource.of(file));
    return result instanceof ListResult.Refused refused ? refused.reason() : null;
  }

  /** What there is, empty for nothing. */
  String content() throws IOException {
    return Files.exists(stored.file()) ? Files.readString(stored.file()) : "";
  }

  static byte[] list() {
    return LIST.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    files.shutdownNow();
    loops.close();
  }
}
