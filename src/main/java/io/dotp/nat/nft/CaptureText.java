package io.dotp.nat.nft;

import io.dotp.config.HostRules.DnsCapture;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of rules that capture the DNS of one family, in nft's words.
 *
 * @param clients matches the source of their packets, empty for nobody's
 * @param listener the statement that brings a packet to us, empty when we do not listen
 */
record CaptureText(String clients, String listener) {
  private static final CaptureText NONE = new CaptureText("", "");

  static CaptureText of(@Nullable DnsCapture capture, Family family) {
    if (capture == null) {
      return NONE;
    }
    List<String> clients =
        capture.clients().stream()
            .filter(prefix -> prefix.family() == family)
            .map(IpPrefix::toString)
            .toList();
    List<String> resolvers =
        capture.resolvers().stream()
            .filter(address -> address.family() == family)
            .map(IpAddress::toString)
            .toList();
    if (clients.isEmpty()) {
      return NONE;
    }
    String source = (family == Family.IPV4 ? "ip" : "ip6") + " saddr ";
    String others = resolvers.isEmpty() ? "" : " " + source + "!= " + RuleTemplate.set(resolvers);
    return new CaptureText(source + RuleTemplate.set(clients) + others, listener(capture, family));
  }

  /** An address of ours where there is one; any address of the device behind a wildcard. */
  private static String listener(DnsCapture capture, Family family) {
    boolean six = family == Family.IPV6;
    for (IpAddress host : capture.hosts()) {
      if (host.family() == family && !isWildcard(host)) {
        return six
            ? "dnat ip6 to [" + host + "]:" + capture.port()
            : "dnat ip to " + host + ":" + capture.port();
      }
    }
    for (IpAddress host : capture.hosts()) {
      // A wildcard of IPv6 has both families.
      if (isWildcard(host) && (host.family() == family || !six)) {
        return "redirect to :" + capture.port();
      }
    }
    return "";
  }

  private static boolean isWildcard(IpAddress host) {
    return host.high() == 0 && host.low() == 0;
  }

  /** Whether there are clients of this family. */
  boolean isNeeded() {
    return !clients.isEmpty();
  }

  /** Whether we listen in this family. */
  boolean isAnswered() {
    return !listener.isEmpty();
  }
}
