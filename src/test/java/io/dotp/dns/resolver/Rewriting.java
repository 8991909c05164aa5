package io.dotp.dns.resolver;

import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.dns.message.TestMessage;
import io.dotp.dns.resolver.RewritePlan.Outcome;
import io.dotp.dns.resolver.RewritePlan.Rewritten;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.dotp.policy.Policy;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** A route per treatment, and fakes that tell which real address they stand for. */
public final class Rewriting {
  static final RouteId FIRST = Routes.id(0);
  static final RouteId IPV4_ONLY = Routes.id(1);

  /** TTL limit of every answer here. */
  static final int FAKE_TTL = 60;

  private static final List<RouteConfig> ROUTES =
      List.of(
          Routes.nat(
              FIRST,
              List.of(DomainName.parse("listed.test"), DomainName.parse("also.example")),
              IpPrefix.parse("198.18.0.0/16"),
              IpPrefix.parse("fd64::/64"),
              false,
              HttpsRecords.REWRITE,
              null),
          Routes.nat(
              IPV4_ONLY,
              List.of(DomainName.parse("four.test"), DomainName.parse("four.listed.test")),
              IpPrefix.parse("198.19.0.0/16"),
              null,
              true,
              HttpsRecords.REWRITE,
              null),
          ofMode(2, HttpsRecords.STRIP_HINTS, "stripped.test"),
          ofMode(3, HttpsRecords.NODATA, "nodata.test"),
          ofMode(4, HttpsRecords.PASS, "passed.test"));

  private static RouteConfig ofMode(int index, HttpsRecords mode, String domain) {
    return Routes.nat(
        Routes.id(index),
        List.of(DomainName.parse(domain)),
        IpPrefix.parse("198.19.0.0/16"),
        IpPrefix.parse("fd64::/64"),
        false,
        mode,
        null);
  }

  private static final List<IpPrefix> POOLS =
      ROUTES.stream()
          .flatMap(route -> Stream.of(Family.values()).map(route::prefix).filter(Objects::nonNull))
          .map(Objects::requireNonNull)
          .toList();

  static final RewriteRules RULES = remembering(name -> null);

  private Rewriting() {}

  /** The rules when earlier aliases have led to names. */
  static RewriteRules remembering(Function<WireName, @Nullable RouteId> memory) {
    return new RewriteRules.Source(ROUTES, () -> POOLS)
        .with(
            new RewriteRules.Names(Policy.of(ROUTES)::decide, memory),
            Set.of(address("203.0.113.254"), address("2001:db8::fe")));
  }

  static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.parse(text));
  }

  static RewritePlan plan(TestMessage response) {
    return RewritePlan.of(response.message(), RULES);
  }

  /** The fake ends in the same 16 bits as the real address, in the pool of its route. */
  static IpAddress grant(RealAddress each) {
    IpAddress real = each.real();
    int tail = (int) real.low() & 0xffff;
    return real.family() == Family.IPV4
        ? IpAddress.ofIpv4((each.route().equals(FIRST) ? 0xc6120000 : 0xc6130000) | tail)
        : IpAddress.ofIpv6(0xfd64L << 48, tail);
  }

  static @Nullable IpAddress refuse(RealAddress each) {
    return null;
  }

  static Outcome apply(TestMessage response) {
    return plan(response).apply(Rewriting::grant, FAKE_TTL);
  }

  public static Rewritten rewrite(TestMessage response) {
    return (Rewritten) apply(response);
  }

  /** Records of a section as {@code owner TTL IN TYPE data}, with the TTLs that are sent. */
  private static List<String> section(Rewritten rewritten, int section) {
    return rewritten.message().getSection(section).stream()
        .map(each -> text(each, rewritten))
        .toList();
  }

  private static String text(Record each, Rewritten rewritten) {
    long ttl = each.getTTL();
    long sent = rewritten.limited().contains(each) ? Math.min(ttl, FAKE_TTL) : ttl;
    String text = each.toString().replaceAll("\\s+", " ");
    return text.replaceFirst(" " + ttl + " ", " " + sent + " ");
  }

  public static List<String> answer(Rewritten rewritten) {
    return section(rewritten, Section.ANSWER);
  }

  public static List<String> authority(Rewritten rewritten) {
    return section(rewritten, Section.AUTHORITY);
  }

  public static List<String> additional(Rewritten rewritten) {
    return section(rewritten, Section.ADDITIONAL);
  }
}
