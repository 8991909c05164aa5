package io.dotp.lists;

import io.dotp.config.ListFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a list is and which part of it is meant.
 *
 * @param format null to detect it
 * @param category of a geosite file, null for the other formats
 * @param attributes of a geosite or v2fly file
 */
public record ListSource(
    Path file, @Nullable ListFormat format, @Nullable String category, AttributeFilter attributes) {
  /** Written by the administrator, never by a list, hence no expression of RE2. */
  private static final Pattern SELECTED =
      Pattern.compile("(.+\\.dat):([A-Za-z0-9!_-]+)((?:@[A-Za-z0-9!_-]+)*)");

  /** A whole file of a format that is to be detected. */
  public static ListSource of(Path file) {
    return new ListSource(file, null, null, AttributeFilter.ALL);
  }

  /** Reads {@code FILE}, or {@code FILE.dat:CATEGORY@ATTRIBUTE...} for a part of a geosite file. */
  public static ListSource parse(String text) {
    Matcher selected = SELECTED.matcher(text);
    if (!selected.matches()) {
      return of(Path.of(text));
    }
    String attributes = selected.group(3);
    AttributeFilter filter =
        attributes.isEmpty()
            ? AttributeFilter.ALL
            : AttributeFilter.parse(List.of(attributes.split("(?=@)")));
    return filter == null
        ? of(Path.of(text))
        : new ListSource(Path.of(selected.group(1)), ListFormat.GEOSITE, selected.group(2), filter);
  }

  /** The same list read as {@code chosen}. */
  public ListSource as(ListFormat chosen) {
    return new ListSource(file, chosen, category, attributes);
  }
}
