package io.dotp.lists;

import io.dotp.config.ListFormat;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a list is.
 *
 * @param name of the {@code [[list]]} or path, with the part of it that is meant
 * @param source the file or the URL
 * @param format as which it was read, null while it has not been
 * @param entries rules that it gives
 * @param badLines lines that were passed over
 * @param firstBadLines some of these, as {@code file:line: message}
 * @param loadedAt when it was read, null while it has not been
 * @param lastFailure why it could not be read since then, null when it could
 */
public record ListStatus(
    String name,
    String source,
    @Nullable ListFormat format,
    int entries,
    int badLines,
    List<String> firstBadLines,
    @Nullable Instant loadedAt,
    @Nullable String lastFailure) {
  public ListStatus {
    firstBadLines = List.copyOf(firstBadLines);
  }

  /** The same with a failure that came later. */
  ListStatus failed(String reason) {
    return new ListStatus(name, source, format, entries, badLines, firstBadLines, loadedAt, reason);
  }
}
