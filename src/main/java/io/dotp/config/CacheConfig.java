package io.dotp.config;

import java.time.Duration;

/**
 * The cache of upstream responses.
 *
 * @param maxBytes what it may hold, 0 for no cache
 * @param serveStale how long after its end a response still serves when no upstream answers
 */
public record CacheConfig(long maxBytes, Duration serveStale) {}
