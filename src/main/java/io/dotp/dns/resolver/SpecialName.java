package io.dotp.dns.resolver;

import io.dotp.config.LocalConfig.Canary;
import io.dotp.name.DomainName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name that is treated here together with everything below it.
 *
 * @param text its labels, without the final dot
 * @param treatment what is answered
 * @param canary which switch takes it out, null for none
 */
record SpecialName(String text, Treatment treatment, @Nullable Canary canary) {
  /** What is answered for a special name. */
  enum Treatment {
    /** NXDOMAIN, for reasons of policy; nobody can claim the name. */
    BLOCKED,
    /** NXDOMAIN; nobody can claim the name. */
    NEVER,
    /** NXDOMAIN, unless somebody claims the name. */
    ABSENT,
    /** A zone that holds nothing but its apex, unless somebody claims the name. */
    EMPTY_ZONE,
    /** {@link #EMPTY_ZONE} that nobody can claim. */
    OWN_ZONE,
    /** A name that exists and has nothing, in the zone above it. */
    NOTHING,
    LOOPBACK,
    HEALTH,
    REVERSE_IPV4,
    REVERSE_IPV6
  }

  /*
   * RFC 6761 section 6: localhost, invalid, test; its example names are ordinary ones to a cache.
   * RFC 7686: onion. RFC 6762 section 22.1: local. RFC 9476: alt. RFC 8375: home.arpa.
   * RFC 9665: service.arpa. RFC 9462 section 6.4: resolver.arpa.
   */
  static final List<SpecialName> ALL =
      List.of(
          of("localhost", Treatment.LOOPBACK),
          of("invalid", Treatment.NEVER),
          of("test", Treatment.ABSENT),
          of("onion", Treatment.ABSENT),
          of("local", Treatment.ABSENT),
          of("alt", Treatment.ABSENT),
          of("home.arpa", Treatment.EMPTY_ZONE),
          of("service.arpa", Treatment.EMPTY_ZONE),
          new SpecialName("resolver.arpa", Treatment.OWN_ZONE, Canary.DDR),
          new SpecialName("_dns.resolver.arpa", Treatment.NOTHING, Canary.DDR),
          new SpecialName("use-application-dns.net", Treatment.BLOCKED, Canary.FIREFOX_DOH),
          new SpecialName("mask.icloud.com", Treatment.BLOCKED, Canary.PRIVATE_RELAY),
          new SpecialName("mask-h2.icloud.com", Treatment.BLOCKED, Canary.PRIVATE_RELAY),
          of("dotp.internal", Treatment.OWN_ZONE),
          of("healthcheck.dotp.internal", Treatment.HEALTH),
          of("in-addr.arpa", Treatment.REVERSE_IPV4),
          of("ip6.arpa", Treatment.REVERSE_IPV6));

  private static SpecialName of(String text, Treatment treatment) {
    return new SpecialName(text, treatment, null);
  }

  int labels() {
    return (int) text.chars().filter(c -> c == '.').count() + 1;
  }

  /** Service labels begin with an underscore, so this is not parsed as a host name. */
  DomainName name() {
    byte[] wire = ("." + text + ".").getBytes(StandardCharsets.US_ASCII);
    int end = wire.length - 1;
    wire[end] = 0;
    for (int at = end - 1; at >= 0; at--) {
      if (wire[at] == '.') {
        wire[at] = (byte) (end - at - 1);
        end = at;
      }
    }
    return DomainName.ofCanonical(wire, wire.length);
  }
}
