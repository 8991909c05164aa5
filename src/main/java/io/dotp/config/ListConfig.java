package io.dotp.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A domain list: a file, or something to be fetched. Exactly one of {@code path} and {@code url} is
 * there.
 *
 * @param name of the {@code [[list]]}; the path as it was given for a file without such a table
 * @param url http or https, with a host
 * @param format null to detect it
 * @param refresh how old what was fetched may become
 * @param place where the configuration says so, which a mistake about the list begins with
 */
public record ListConfig(
    String name,
    @Nullable Path path,
    @Nullable URI url,
    @Nullable ListFormat format,
    Duration refresh,
    String place) {}
