package io.dotp.lists.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a list is to be had.
 *
 * @param secure whether by https
 * @param host name or address, without brackets, lower case
 * @param port 1 to 65535
 * @param target path and query, as a request has them
 */
public record ListUrl(boolean secure, String host, int port, String target) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int LONGEST = 2048;

  /** What is wrong with {@code text}; null when nothing is. */
  public static @Nullable String mistakeOf(String text) {
    if (text.length() > LONGEST) {
      return "is longer than " + LONGEST + " characters";
    }
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        return "is no URL that begins with https:// or http://";
      }
      if (uri.getHost() == null || uri.getHost().isEmpty()) {
        return "has no host";
      }
      if (uri.getRawUserInfo() != null) {
        return "has a user in it, which would be sent to whoever answers";
      }
      return uri.getPort() == 0 || uri.getPort() > 0xffff ? "has no port, 1 to 65535" : null;
    } catch (URISyntaxException e) {
      return "is no URL: " + e.getReason();
    }
  }

  /**
   * @throws IllegalArgumentException when {@link #mistakeOf} finds something
   */
  public static ListUrl of(String text) {
    String mistake = mistakeOf(text);
    if (mistake != null) {
      throw new IllegalArgumentException("'" + text + "' " + mistake);
    }
    URI uri = URI.create(text);
    boolean secure = uri.getScheme().equalsIgnoreCase("https");
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new ListUrl(
        secure,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort() > 0 ? uri.getPort() : defaultPort(secure),
        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery());
  }

  private static int defaultPort(boolean secure) {
    return secure ? HTTPS_PORT : HTTP_PORT;
  }

  /** Where a redirect leads; null where it must not: to nowhere, or from https to http. */
  @Nullable ListUrl redirectedTo(@Nullable String location) {
    if (location == null) {
      return null;
    }
    try {
      String next = new URI(toString()).resolve(new URI(location)).toString();
      ListUrl url = mistakeOf(next) == null ? of(next) : null;
      return url == null || secure && !url.secure ? null : url;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** As a request names the server. */
  String authority() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == defaultPort(secure) ? shown : shown + ":" + port;
  }

  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + authority() + target;
  }
}
