package io.dotp.dns.resolver;

import io.dotp.config.Refusal;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Treatment;
import io.dotp.dns.message.LocalAnswer;
import io.dotp.name.WireName;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers of routes that refuse their names. Immutable. Thread: any. */
public final class Refusals {
  /** RFC 8914 section 4.16: on a block list by the policy of this server's operator. */
  private static final int EDE_BLOCKED = 15;

  private final Map<RouteId, RouteConfig> refusing = new HashMap<>();

  public Refusals(List<RouteConfig> routes) {
    for (RouteConfig route : routes) {
      if (route.treatment() == Treatment.REFUSE) {
        refusing.put(route.id(), route);
      }
    }
  }

  /** Whether no route refuses anything. */
  boolean isEmpty() {
    return refusing.isEmpty();
  }

  /**
   * The answer for {@code qname}, whatever type is asked for.
   *
   * @param owner the route that lists it
   * @return null when that refuses nothing
   */
  @Nullable LocalAnswer of(@Nullable RouteId owner, WireName qname) {
    RouteConfig route = owner == null ? null : refusing.get(owner);
    if (route == null) {
      return null;
    }
    String text = "refused here by policy, route " + route.name();
    int labels = qname.splitLabels();
    int ttl = (int) route.fakeTtl().toSeconds();
    LocalAnswer answer =
        switch (route.refusal()) {
          // The name does not exist, so the SOA is that of the zone above it.
          case NXDOMAIN ->
              LocalAnswer.negative(DnsResponseCode.NXDOMAIN, Math.max(0, labels - 1), ttl);
          case NODATA -> LocalAnswer.negative(DnsResponseCode.NOERROR, labels, ttl);
          case REFUSED -> LocalAnswer.failure(DnsResponseCode.REFUSED, EDE_BLOCKED, text);
        };
    return route.refusal() == Refusal.REFUSED ? answer : answer.withEde(EDE_BLOCKED, text);
  }
}
