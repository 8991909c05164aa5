package io.dotp.lists.fetch;

import io.dotp.dns.upstream.TlsClient;
import io.dotp.metrics.FetchMetrics;
import io.dotp.name.DomainName;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Downloads lists. A server's name is resolved by whatever the daemon gives for that, never by the
 * system; its certificate is checked. Thread: any.
 */
public final class ListFetcher {
  private final EventLoop loop;
  private final Executor files;
  private final Surroundings surroundings;
  private final FetchLimits limits;
  private final FetchMetrics metrics;
  private @Nullable SslContext tls;

  /** How addresses are found. */
  @FunctionalInterface
  public interface Addresses {
    /** {@code done} runs on any thread, exactly once, with none when nobody knows. */
    void lookUp(DomainName name, Consumer<List<InetAddress>> done);
  }

  /**
   * What a download depends on.
   *
   * @param caFile certificates to trust instead of the Java runtime's
   * @param epochSeconds since 1970
   */
  public record Surroundings(
      Addresses addresses, @Nullable Path caFile, LongSupplier epochSeconds) {}

  /**
   * @param loop of the connections; it never waits for the disk
   * @param files runs what waits for the disk, one task after the other, in their order
   */
  public ListFetcher(
      EventLoop loop,
      Executor files,
      Surroundings surroundings,
      FetchLimits limits,
      FetchMetrics metrics) {
    this.loop = loop;
    this.files = files;
    this.surroundings = surroundings;
    this.limits = limits;
    this.metrics = metrics;
  }

  /**
   * Asks for a list and puts it in place if there is a newer one that is fit for use. It ends on
   * {@code files}, always, within the time that the limits say and the time that judging takes.
   *
   * @param judge says what is wrong with a list, null when it is fit for use; runs on {@code files}
   */
  public CompletionStage<FetchResult> fetch(
      ListUrl url, StoredList stored, Function<Path, @Nullable String> judge) {
    metrics.started.increment();
    CompletableFuture<FetchResult> end = new CompletableFuture<>();
    try {
      files.execute(() -> begin(url, stored, judge, end));
    } catch (RejectedExecutionException e) {
      end.complete(new FetchResult.Failed("dotp is stopping"));
    }
    return end.thenApply(this::counted);
  }

  private void begin(
      ListUrl url,
      StoredList stored,
      Function<Path, @Nullable String> judge,
      CompletableFuture<FetchResult> end) {
    try {
      SslContext context = tls == null ? TlsClient.forDownloads(surroundings.caFile()) : tls;
      tls = context;
      StoredList.Origin origin = stored.origin();
      boolean same = origin.url().equals(url.toString());
      Download download =
          new Download(
              new Download.Task(url, stored, judge, same ? origin : StoredList.Origin.NONE),
              new Download.Means(
                  loop,
                  files,
                  context,
                  surroundings.addresses(),
                  surroundings.epochSeconds(),
                  limits),
              end);
      loop.execute(download::start);
    } catch (IOException e) {
      end.complete(new FetchResult.Failed("authorities: " + e.getMessage()));
    } catch (RejectedExecutionException e) {
      end.complete(new FetchResult.Failed("dotp is stopping"));
    } catch (RuntimeException e) {
      end.complete(new FetchResult.Failed("this is a bug: " + e));
    }
  }

  private FetchResult counted(FetchResult result) {
    if (result instanceof FetchResult.Replaced replaced) {
      metrics.replaced.increment();
      metrics.bytes.add(replaced.bytes());
    } else if (result instanceof FetchResult.Unchanged) {
      metrics.unchanged.increment();
    } else if (result instanceof FetchResult.Failed) {
      metrics.failed.increment();
    } else {
      metrics.refused.increment();
    }
    return result;
  }
}
