package io.dotp.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What is answered here.
 *
 * @param passed canaries that are asked upstream like any other name
 * @param hostsFiles in the format of hosts(5)
 */
public record LocalConfig(Set<Canary> passed, List<Path> hostsFiles) {
  public LocalConfig {
    passed = Set.copyOf(passed);
    hostsFiles = List.copyOf(hostsFiles);
  }

  /** Names by which clients find out whether they may pass the local resolver by. */
  public enum Canary {
    /** {@code _dns.resolver.arpa}: Discovery of Designated Resolvers, RFC 9462. */
    DDR,
    /** {@code use-application-dns.net}: DNS over HTTPS in Firefox. */
    FIREFOX_DOH,
    /** {@code mask.icloud.com}: Apple's Private Relay. */
    PRIVATE_RELAY
  }
}
