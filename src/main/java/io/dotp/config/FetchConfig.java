package io.dotp.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How domain lists are fetched.
 *
 * @param caFile PEM file with the certificates that are trusted, null for those of the Java runtime
 */
public record FetchConfig(@Nullable Path caFile) {}
