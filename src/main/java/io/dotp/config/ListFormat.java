package io.dotp.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The formats of domain lists; the configuration names them in lower case with hyphens. */
public enum ListFormat {
  /** One name a line. */
  PLAIN,
  /** Lines of a dnsmasq configuration. */
  DNSMASQ,
  /** A hosts file. */
  HOSTS,
  /** A file of the data directory of v2fly's domain-list-community. */
  V2FLY,
  /** Many categories in one protobuf file. */
  GEOSITE,
  /** A rule-set of sing-box in its source format. */
  SING_BOX,
  /** A rule provider of Clash, as text or as YAML. */
  CLASH,
  /** A DNS filter of AdGuard. */
  ADGUARD;

  /** The name in the configuration. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @return null when no format is called {@code text}
   */
  public static @Nullable ListFormat parse(String text) {
    for (ListFormat format : values()) {
      if (format.text().equals(text)) {
        return format;
      }
    }
    return null;
  }
}
