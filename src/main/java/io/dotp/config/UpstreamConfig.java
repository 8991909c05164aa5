package io.dotp.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One group of upstream servers, asked in this order.
 *
 * @param servers at least one
 * @param bootstrap plain DNS servers that resolve those servers which are given by name; at least
 *     one when there are such
 * @param caFile PEM file with the certificates that are trusted, null for those of the Java runtime
 */
public record UpstreamConfig(
    List<UpstreamEndpoint> servers, List<UpstreamEndpoint> bootstrap, @Nullable Path caFile) {
  public UpstreamConfig {
    servers = List.copyOf(servers);
    bootstrap = List.copyOf(bootstrap);
  }
}
