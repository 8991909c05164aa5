package io.dotp.policy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.dotp.config.HttpsRecords;
import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.ip.AccessList;
import io.dotp.ip.IpAddress;
import io.dotp.ip.IpPrefix;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which route a name takes. */
class PolicyTest {
  @Test
  void decide_listedName_isItsRoute() {
    Policy policy = Policy.of(List.of(route(0, "example.com"), route(1, "intra.example.com")));

    assertThat(policy.decide(wire("www.example.com"))).isEqualTo(Routes.id(0));
    assertThat(policy.decide(wire("host.intra.example.com"))).isEqualTo(Routes.id(1));
  }

  @Test
  void decide_unlistedName_isNull() {
    Policy policy = Policy.of(List.of(route(0, "example.com")));

    RouteId route = policy.decide(wire("example.org"));

    assertThat(route).isNull();
  }

  @Test
  void decide_nameOfTwoRoutes_isTheFirst() {
    Policy policy = Policy.of(List.of(route(0, "example.com"), route(1, "example.com")));

    RouteId route = policy.decide(wire("example.com"));

    assertThat(route).isEqualTo(Routes.id(0));
  }

  @Test
  void decide_noRoutes_isNull() {
    Policy policy = Policy.of(List.of());

    RouteId route = policy.decide(wire("example.com"));

    assertThat(route).isNull();
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "www.example.com,     0", // exact, though route 1 has a suffix of the same length
    "a.www.example.com,   1", // below an exact name the suffix counts
    "example.com,         2",
    "x.example.com,       2",
    "example.org,         0", // equal suffixes: the first route
    "shop.example.net,    3", // a suffix before a keyword of an earlier route
    "shop.example.info,   1", // a keyword before the regular expression of an earlier route
    "n42.example.info,    0",
    "n4x.example.info,   -1",
  })
  void decide_rulesOfAllKinds_takesExactThenSuffixThenKeywordThenRegexp(String name, int route) {
    Policy policy =
        new Policy.Builder()
            .add(id(0), null, rules("=www.example.com", "example.org", "~^n[0-9]+[.]", "~shop"))
            .add(id(1), null, rules("www.example.com", "example.org", "*shop"))
            .add(id(2), null, rules("example.com"))
            .add(id(3), null, rules("example.net"))
            .build();

    assertThat(index(policy.decide(wire(name)))).isEqualTo(route);
  }

  @Test
  void decide_clientOutsideTheRoute_isTheNextMatchOrReal() {
    AccessList office = new AccessList(List.of(requireNonNull(IpPrefix.parse("192.168.1.0/24"))));
    Policy policy =
        new Policy.Builder()
            .add(id(0), office, rules("example.com", "=www.example.com", "*key", "~^re"))
            .add(id(1), null, rules("www.example.com", "com", "*keyword", "~^rexp"))
            .build();
    ClientView inside = policy.view(requireNonNull(IpAddress.parse("192.168.1.7")));
    ClientView outside = policy.view(requireNonNull(IpAddress.parse("192.168.2.7")));
    ClientView mapped = policy.view(requireNonNull(IpAddress.parse("::ffff:192.168.1.7")));

    assertThat(policy.decide(wire("www.example.com"), inside)).isEqualTo(id(0));
    assertThat(policy.decide(wire("www.example.com"), outside)).isEqualTo(id(1));
    assertThat(policy.decide(wire("example.com"), outside)).isEqualTo(id(1));
    assertThat(policy.decide(wire("a-keyword.test"), inside)).isEqualTo(id(0));
    assertThat(policy.decide(wire("a-keyword.test"), outside)).isEqualTo(id(1));
    assertThat(policy.decide(wire("a-key.test"), outside)).isNull();
    assertThat(policy.decide(wire("rexp.test"), outside)).isEqualTo(id(1));
    assertThat(policy.decide(wire("re.test"), outside)).isNull();
    assertThat(mapped).isSameAs(inside);
    assertThat(policy.decide(wire("re.test"))).isNull();
  }

  @Test
  void decide_excludedName_isOutOfItsRouteAlone() {
    Policy policy =
        new Policy.Builder()
            .add(
                id(0),
                null,
                rules("example.com", "=a.safe.example.com", "-safe.example.com", "*safe"))
            .add(id(1), null, rules("com"))
            .build();

    assertThat(policy.decide(wire("www.example.com"))).isEqualTo(id(0));
    assertThat(policy.decide(wire("safe.example.com"))).isEqualTo(id(1));
    assertThat(policy.decide(wire("a.safe.example.com"))).isEqualTo(id(1));
    assertThat(policy.decide(wire("unsafe.example.com"))).isEqualTo(id(0));
    assertThat(policy.decide(wire("safe.test"))).isEqualTo(id(0));
  }

  @Test
  void decide_labelHoldsADot_isNoKeywordAcrossIt() {
    Policy policy = new Policy.Builder().add(id(0), null, rules("*ple.com")).build();
    WireName dotted = new WireName();
    byte[] bytes = {11, 'e', 'x', 'a', 'm', 'p', 'l', 'e', '.', 'c', 'o', 'm', 0};
    System.arraycopy(bytes, 0, dotted.bytes(), 0, bytes.length);
    dotted.length(bytes.length);

    assertThat(policy.decide(dotted)).isNull();
    assertThat(policy.decide(wire("www.example.com"))).isEqualTo(id(0));
  }

  @Test
  void decide_exactAndSuffixRulesWarm_allocatesNothing() {
    AccessList office = new AccessList(List.of(requireNonNull(IpPrefix.parse("192.168.1.0/24"))));
    Policy policy =
        new Policy.Builder()
            .add(id(0), office, rules("example.com", "-safe.example.com", "=www.example.com"))
            .add(id(1), null, rules("com"))
            .build();
    IpAddress client = requireNonNull(IpAddress.parse("192.168.1.7"));
    WireName[] names = {
      wire("www.example.com"), wire("a.safe.example.com"), wire("b.example.com"), wire("a.org")
    };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int lookUps = 20_000;
    long sum = decisions(policy, names, client, lookUps);

    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 5; attempt++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      sum += decisions(policy, names, client, lookUps);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }

    // One object per look-up would be 16 bytes times the look-ups; the bean itself takes a few.
    assertThat(least).isLessThan(lookUps);
    assertThat(sum).isPositive();
  }

  private static long decisions(Policy policy, WireName[] names, IpAddress client, int lookUps) {
    long sum = 0;
    for (int i = 0; i < lookUps; i++) {
      RouteId route = policy.decide(names[i % names.length], policy.view(client));
      sum += route == null ? 1 : route.name().length();
    }
    return sum;
  }

  private static int index(@Nullable RouteId route) {
    return route == null ? -1 : Routes.place(route);
  }

  private static RouteId id(int index) {
    return Routes.id(index);
  }

  /** {@code =} exact, {@code -} excluded, {@code *} keyword, {@code ~} expression, else suffix. */
  private static List<NameRules> rules(String... texts) {
    NameRules.Builder rules = new NameRules.Builder();
    for (String text : texts) {
      String rest = text.substring(1);
      switch (text.charAt(0)) {
        case '=' -> rules.exact(wire(rest));
        case '-' -> rules.exclude(wire(rest));
        case '*' -> assertThat(rules.keyword(rest)).isNull();
        case '~' -> assertThat(rules.regexp(rest)).isNull();
        default -> rules.suffix(wire(text));
      }
    }
    return List.of(rules.build());
  }

  private static RouteConfig route(int index, String... domains) {
    return Routes.nat(
        Routes.id(index),
        Stream.of(domains).map(DomainName::parse).toList(),
        IpPrefix.parse("198.18.0.0/16"),
        null,
        true,
        HttpsRecords.REWRITE,
        null);
  }

  private static WireName wire(String text) {
    WireName wire = new WireName();
    wire.length(DomainName.parse(text).copyTo(wire.bytes(), 0));
    return wire;
  }
}
