package io.dotp.dns.resolver;

import io.dotp.dns.message.StoredResponse;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response and its times, on the monotonic clock. What is derived from it is kept beside it and
 * may be lost or made twice without harm. Thread: any.
 */
final class CachedResponse {
  private final StoredResponse response;
  private final long storedAt;
  private final long freshUntil;

  /** Whether it mentions a listed name, as of one generation of what is listed. */
  private volatile Listing listing;

  private volatile @Nullable SteeredAnswer steered;

  /** A verdict and when it was given. */
  record Listing(long generation, boolean mentionsListed) {}

  /**
   * @param storedAt and {@code freshUntil}: nanoseconds
   */
  CachedResponse(StoredResponse response, long storedAt, long freshUntil, long generation) {
    this.response = response;
    this.storedAt = storedAt;
    this.freshUntil = freshUntil;
    this.listing = new Listing(generation, response.facts().mentionsListed());
  }

  StoredResponse response() {
    return response;
  }

  boolean isFresh(long now) {
    return freshUntil - now > 0;
  }

  /** Whether not even a stale answer may be made of it. */
  boolean isOver(long now, long staleNanos) {
    return freshUntil - now + staleNanos <= 0;
  }

  long ageSeconds(long now) {
    return TimeUnit.NANOSECONDS.toSeconds(Math.max(0, now - storedAt));
  }

  Listing listing() {
    return listing;
  }

  void listing(Listing verdict) {
    listing = verdict;
  }

  /** What the last rewrite made of it, null when there was none. */
  @Nullable SteeredAnswer steered() {
    return steered;
  }

  void steered(SteeredAnswer answer) {
    steered = answer;
  }

  /** With room for a rewritten twin where there will be one. */
  int heapBytes() {
    return (response.facts().mentionsListed() ? 2 : 1) * response.heapBytes() + 100;
  }
}
