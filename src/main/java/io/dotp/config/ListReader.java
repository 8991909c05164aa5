package io.dotp.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads each {@code [[list]]}, and what {@code domain-list} of a route means. */
final class ListReader {
  private static final Duration DEFAULT_REFRESH = Duration.ofDays(1);
  private static final Duration LEAST_REFRESH = Duration.ofHours(1);
  private static final Duration MOST_REFRESH = Duration.ofDays(30);

  /** Names of lists are names of files in the state directory. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

  /** {@code LIST:CATEGORY@ATTRIBUTE...} and {@code LIST@ATTRIBUTE...}. */
  private static final Pattern PART =
      Pattern.compile("(.+?)(?::([A-Za-z0-9!_-]+))?((?:@-?[A-Za-z0-9!_-]+)*)");

  private final SettingReader whole;
  private final Map<String, ListConfig> byName = new LinkedHashMap<>();

  ListReader(SettingReader whole) {
    this.whole = whole;
    for (Settings table : whole.settings().tables("list")) {
      SettingReader reader = whole.within(table);
      String name = name(reader);
      ListConfig list = list(reader, name);
      if (!name.isEmpty()) {
        byName.putIfAbsent(name, list);
      }
    }
  }

  /** Those with a table, in the order of the files. */
  List<ListConfig> lists() {
    return List.copyOf(byName.values());
  }

  private String name(SettingReader reader) {
    Setting given = reader.settings().one("name");
    if (given == null) {
      reader.missing("name", "is required: a word that domain-list names it by");
      return "";
    }
    String name = given.text();
    if (!NAME.matcher(name).matches()) {
      reader.mistake(given, "'" + name + "' is no name: a letter, then letters, digits, - and _");
    }
    ListConfig earlier = byName.get(name);
    if (earlier != null) {
      reader.mistake(given, "'" + name + "' stands at " + earlier.place() + " already");
    }
    return name;
  }

  private ListConfig list(SettingReader reader, String name) {
    Settings settings = reader.settings();
    Setting path = settings.one("path");
    Setting url = settings.one("url");
    if (path == null && url == null) {
      reader.missing("path, url", "one of the two is required");
    } else if (path != null && url != null) {
      reader.mistake(url, "a list has a path or a url, not both");
    }
    Setting refresh = settings.one("refresh");
    if (refresh != null && url == null) {
      reader.mistake(refresh, "is for a list with a url; a file is read again when it changes");
    }
    Setting named = settings.one("name");
    return new ListConfig(
        name,
        path == null ? null : reader.path(path),
        url == null ? null : url(reader, url),
        format(reader),
        reader.seconds("refresh", DEFAULT_REFRESH, LEAST_REFRESH, MOST_REFRESH),
        named == null ? settings.place() : named.place());
  }

  private static @Nullable ListFormat format(SettingReader reader) {
    Setting given = reader.settings().one("format");
    return given == null ? null : reader.choice(given, ListFormat.values());
  }

  private static @Nullable URI url(SettingReader reader, Setting given) {
    String text = given.text();
    try {
      URI url = new URI(text);
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      boolean fetched = scheme.equals("https") || scheme.equals("http");
      boolean port = url.getPort() != 0 && url.getPort() <= 0xffff;
      if (fetched && port && url.getHost() != null && url.getRawUserInfo() == null) {
        return url;
      }
      reader.mistake(given, "'" + text + "' is no URL like https://example.org/vpn.list");
    } catch (URISyntaxException e) {
      reader.mistake(given, "'" + text + "' is no URL: " + e.getReason());
    }
    return null;
  }

  /** A list's name or a path, with a part of it perhaps; null for a mistake. */
  @Nullable RouteList use(Setting given) {
    String text = given.text();
    ListConfig named = byName.get(text);
    if (named != null) {
      return new RouteList(named, "", List.of(), given.place());
    }
    Matcher part = PART.matcher(text);
    if (part.matches()) {
      String of = part.group(1);
      String category = part.group(2) == null ? "" : part.group(2);
      List<String> attributes =
          part.group(3).isEmpty() ? List.of() : List.of(part.group(3).split("(?=@)", -1));
      ListConfig list = byName.get(of);
      boolean selects = !category.isEmpty() || !attributes.isEmpty();
      if (list == null && selects && of.toLowerCase(Locale.ROOT).endsWith(".dat")) {
        list = ofPath(given, of);
      }
      if (list != null) {
        return new RouteList(list, category, attributes, given.place());
      }
    }
    if (text.indexOf('/') < 0 && text.indexOf('.') < 0) {
      refuseUnknown(given, text);
      return null;
    }
    ListConfig list = ofPath(given, text);
    return list == null ? null : new RouteList(list, "", List.of(), given.place());
  }

  private void refuseUnknown(Setting given, String text) {
    whole.mistake(
        given,
        "there is no [[list]] '"
            + text
            + "'"
            + Suggestion.of(text, byName.keySet())
            + "; a file is written with its directory: ./"
            + text);
  }

  private @Nullable ListConfig ofPath(Setting given, String text) {
    Path path = whole.path(given, text);
    return path == null
        ? null
        : new ListConfig(text, path, null, null, DEFAULT_REFRESH, given.place());
  }
}
