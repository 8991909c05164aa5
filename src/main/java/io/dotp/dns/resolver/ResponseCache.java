package io.dotp.dns.resolver;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dotp.config.CacheConfig;
import io.dotp.dns.message.StoredResponse;
import io.dotp.dns.upstream.UpstreamQuery;
import io.dotp.dns.upstream.UpstreamResult;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Upstream responses as they came, before anything in them is replaced: every hit goes through the
 * rewrite again. The key holds the group of servers that was asked, so that clients with different
 * views never share (RFC 2308, RFC 8767). Bounded by bytes. Thread: any.
 */
public final class ResponseCache {
  /** Caffeine's own bookkeeping for an entry, and the key's objects, roughly. */
  private static final int ENTRY_BYTES = 200;

  /** Only names of the internet are worth it. */
  private static final int CLASS_IN = 1;

  private final @Nullable Cache<UpstreamQuery, CachedResponse> responses;
  private final long staleNanos;
  private final LongSupplier nanoClock;

  public ResponseCache(CacheConfig config, LongSupplier nanoClock) {
    this.staleNanos = config.serveStale().toNanos();
    this.nanoClock = nanoClock;
    this.responses =
        config.maxBytes() == 0
            ? null
            : Caffeine.newBuilder()
                .maximumWeight(config.maxBytes())
                .weigher(ResponseCache::weight)
                // Its upkeep is a few steps now and then: not worth a thread of its own.
                .executor(Runnable::run)
                .build();
  }

  private static int weight(UpstreamQuery query, CachedResponse cached) {
    return ENTRY_BYTES + query.name().length() + cached.heapBytes();
  }

  /** What is known, fresh or stale; null for nothing that may serve. */
  @Nullable CachedResponse get(UpstreamQuery query) {
    if (responses == null) {
      return null;
    }
    CachedResponse cached = responses.getIfPresent(query);
    return cached == null || cached.isOver(nanoClock.getAsLong(), staleNanos) ? null : cached;
  }

  /**
   * Keeps a response that came a moment ago, if it may be kept; borrows it.
   *
   * @param generation of what was listed before it came
   */
  void keep(UpstreamQuery query, UpstreamResult result, long generation) {
    if (responses == null
        || query.qclass() != CLASS_IN
        || !(result instanceof UpstreamResult.Received received)) {
      return;
    }
    StoredResponse stored = StoredResponse.of(received.message(), received.facts());
    if (stored.lifetimeSeconds() == 0) {
      return;
    }
    long now = nanoClock.getAsLong();
    long freshUntil = now + TimeUnit.SECONDS.toNanos(stored.lifetimeSeconds());
    responses.put(query, new CachedResponse(stored, now, freshUntil, generation));
  }

  /** How many responses are kept, roughly. */
  public long size() {
    return responses == null ? 0 : responses.estimatedSize();
  }
}
