package io.dotp.dns.resolver;

import static io.dotp.dns.message.TestMessage.response;
import static io.dotp.dns.resolver.Rewriting.FIRST;
import static io.dotp.dns.resolver.Rewriting.IPV4_ONLY;
import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.config.RouteId;
import io.dotp.metrics.DnsMetrics;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Name;

class AliasMemoryTest {
  private static final Name TARGET = Name.fromConstantString("Edge.cdn.example.");

  /** As the configuration of these tests has them. */
  private static final Comparator<RouteId> ORDER = Comparator.comparing(RouteId::name);

  private static final Name LISTED = Name.fromConstantString("www.listed.test.");

  /** Near the end of its range: times are compared by subtraction. */
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5_000_000_000L);

  private static final DomainName ROOT = DomainName.parse("listed.example");

  private final DnsMetrics metrics = new DnsMetrics();
  private final AliasMemory memory = new AliasMemory(now::get, metrics);

  private @Nullable RouteId route(String name) {
    byte[] wire = Name.fromConstantString(name).toWireCanonical();
    WireName wireName = new WireName();
    System.arraycopy(wire, 0, wireName.bytes(), 0, wire.length);
    wireName.length(wire.length);
    return memory.route(wireName, (route, root) -> true, ORDER);
  }

  private boolean remember(Name target, RouteId route, DomainName root, long ttl) {
    return memory.remember(target, route, root, ttl, (by, name) -> true, ORDER);
  }

  private void skip(long seconds) {
    now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void route_nothingRemembered_isNone() {
    assertThat(route("edge.cdn.example.")).isNull();
    assertThat(memory.generation()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 60",
    "5, 60",
    "60, 60",
    "300, 300",
    "86400, 86400",
    "604800, 86400",
    "2147483647, 86400"
  })
  void remember_target_isSteeredForTheTtlWithinItsBounds(long ttl, long seconds) {
    remember(TARGET, IPV4_ONLY, ROOT, ttl);

    skip(seconds - 1);
    assertThat(route("edge.cdn.example.")).isEqualTo(IPV4_ONLY);
    assertThat(route("x.edge.cdn.example.")).isNull();
    skip(1);
    assertThat(route("edge.cdn.example.")).isNull();
  }

  @Test
  void remember_shorterTtlLater_keepsTheLongerOne() {
    remember(TARGET, FIRST, ROOT, 300);

    remember(TARGET, FIRST, ROOT, 60);

    skip(299);
    assertThat(route("edge.cdn.example.")).isEqualTo(FIRST);
  }

  @Test
  void remember_longerTtlLater_prolongs() {
    remember(TARGET, FIRST, ROOT, 60);

    skip(30);
    remember(TARGET, FIRST, ROOT, 60);

    skip(59);
    assertThat(route("edge.cdn.example.")).isEqualTo(FIRST);
  }

  @Test
  void remember_twoRoutes_eachLastsForItsOwnTime() {
    remember(TARGET, IPV4_ONLY, ROOT, 300);
    remember(TARGET, FIRST, ROOT, 60);

    assertThat(route("edge.cdn.example.")).isEqualTo(FIRST);
    skip(60);
    assertThat(route("edge.cdn.example.")).isEqualTo(IPV4_ONLY);
  }

  @Test
  void generation_onlyNews_changeIt() {
    assertThat(remember(TARGET, FIRST, ROOT, 60)).isTrue();
    assertThat(remember(TARGET, FIRST, ROOT, 600)).isFalse();
    assertThat(memory.generation()).isEqualTo(1);

    assertThat(remember(TARGET, IPV4_ONLY, ROOT, 60)).isTrue();
    skip(600);
    assertThat(remember(TARGET, FIRST, ROOT, 60)).isTrue();
    assertThat(memory.generation()).isEqualTo(3);
  }

  @Test
  void route_routesInAnotherOrder_isTheFirstOfThatOrder() {
    remember(TARGET, FIRST, ROOT, 300);
    remember(TARGET, IPV4_ONLY, ROOT, 300);

    assertThat(memory.route(target(), (route, root) -> true, ORDER)).isEqualTo(FIRST);
    assertThat(memory.route(target(), (route, root) -> true, ORDER.reversed()))
        .isEqualTo(IPV4_ONLY);
  }

  @Test
  void remember_moreNamesThanThereIsRoomFor_forgetsAndCounts() {
    int names = 3 * AliasMemory.MOST_NAMES;
    for (int i = 0; i < names; i++) {
      remember(Name.fromConstantString("n" + i + ".example."), FIRST, ROOT, 300);
    }

    assertThat(memory.size()).isLessThanOrEqualTo(AliasMemory.MOST_NAMES);
    assertThat(metrics.aliasesForgotten.sum()).isEqualTo(names - memory.size());
  }

  @Test
  void route_listedNamesAreTakenAway_holdsAsLongAsOneIsLeft() {
    DomainName first = DomainName.parse("one.test");
    DomainName second = DomainName.parse("two.test");
    remember(TARGET, FIRST, first, 300);
    remember(TARGET, FIRST, second, 60);

    assertThat(memory.route(target(), (route, root) -> root.equals(second), ORDER))
        .isEqualTo(FIRST);
    assertThat(memory.route(target(), (route, root) -> false, ORDER)).isNull();
    skip(60);
    assertThat(memory.route(target(), (route, root) -> root.equals(second), ORDER)).isNull();
    assertThat(memory.route(target(), (route, root) -> root.equals(first), ORDER)).isEqualTo(FIRST);
  }

  @Test
  void remember_otherNameThanThoseTakenAway_isNewsAndPushesThemOut() {
    for (int i = 0; i < 8; i++) {
      remember(TARGET, FIRST, DomainName.parse("old" + i + ".test"), 600);
    }
    DomainName fresh = DomainName.parse("new.test");
    BiPredicate<RouteId, DomainName> steers = (route, root) -> root.equals(fresh);

    boolean news = memory.remember(TARGET, FIRST, fresh, 60, steers, ORDER);

    assertThat(news).isTrue();
    assertThat(memory.route(target(), steers, ORDER)).isEqualTo(FIRST);
    assertThat(memory.remember(TARGET, FIRST, fresh, 60, steers, ORDER)).isFalse();
  }

  private static WireName target() {
    return DomainName.parse("edge.cdn.example").toWireName();
  }

  @Test
  void inherited_wholeChain_isNamedWithItsTtls() {
    RewritePlan plan =
        Rewriting.plan(
            response("www.listed.test. A")
                .answer(
                    "www.listed.test. 3600 IN CNAME cdn.example.",
                    "cdn.example. 30 IN CNAME edge.example.",
                    "edge.example. 20 IN A 203.0.113.1"));

    assertThat(plan.inherited())
        .containsExactlyInAnyOrder(
            new InheritedAlias(Name.fromConstantString("cdn.example."), FIRST, LISTED, 3600),
            new InheritedAlias(Name.fromConstantString("edge.example."), FIRST, LISTED, 30));
  }

  @Test
  void inherited_serviceTargets_areNamedUnlessTheyAreListed() {
    RewritePlan plan =
        Rewriting.plan(
            response("www.listed.test. HTTPS")
                .answer(
                    "www.listed.test. 300 IN HTTPS 1 . alpn=h2",
                    "www.listed.test. 300 IN HTTPS 2 svc.example. alpn=h2",
                    "www.listed.test. 300 IN HTTPS 3 svc.four.test. alpn=h2",
                    "www.listed.test. 300 IN HTTPS 4 www.listed.test. alpn=h2"));

    assertThat(plan.inherited())
        .containsExactly(
            new InheritedAlias(Name.fromConstantString("svc.example."), FIRST, LISTED, 300));
  }

  @Test
  void inherited_dname_namesWhatItMakesOfTheName() {
    RewritePlan plan =
        Rewriting.plan(
            response("x.listed.test. A")
                .answer(
                    "listed.test. 900 IN DNAME moved.example.",
                    "x.listed.test. 0 IN CNAME x.moved.example.",
                    "x.moved.example. 300 IN A 203.0.113.1"));

    assertThat(plan.inherited())
        .containsExactly(
            new InheritedAlias(
                Name.fromConstantString("x.moved.example."),
                FIRST,
                Name.fromConstantString("x.listed.test."),
                900));
  }

  @Test
  void inherited_unlistedNames_leaveNothing() {
    RewritePlan plan =
        Rewriting.plan(
            response("www.plain.test. A")
                .answer(
                    "www.plain.test. 300 IN CNAME www.listed.test.",
                    "www.listed.test. 300 IN A 203.0.113.1")
                .authority("a.listed.test. 300 IN CNAME victim.example."));

    assertThat(plan.inherited()).isEmpty();
  }
}
