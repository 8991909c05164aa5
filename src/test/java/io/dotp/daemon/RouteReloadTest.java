package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import io.dotp.nat.mapping.Mapping;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Routes that come, go and move while the program runs, against a whole daemon on loopback. */
class RouteReloadTest {
  private static final String OFFICE = route("office", "one.org", "198.18.1.0/24", "");
  private static final String LAB = route("lab", "two.org", "198.18.2.0/24", "");

  @TempDir Path stateDir;
  private LoopbackDaemon loopback;

  @BeforeEach
  void start() throws Exception {
    loopback = new LoopbackDaemon(List.of(), OFFICE, stateDir);
    script(loopback.upstream(), "www.one.org", "203.0.113.1");
    script(loopback.upstream(), "www.two.org", "203.0.113.2");
    script(loopback.other(), "www.one.org", "203.0.113.101");
    script(loopback.other(), "www.two.org", "203.0.113.102");
  }

  @AfterEach
  void stop() throws IOException {
    loopback.close();
  }

  private static String route(String name, String domain, String pool, String more) {
    return """
        [[route]]
        name = "%s"
        domain = "%s"
        ipv4-prefix = "%s"
        %s
        """
        .formatted(name, domain, pool, more);
  }

  private static void script(ScriptedUpstream server, String name, String address) {
    Map<String, List<String>> details = new LinkedHashMap<>();
    details.put("ANSWER", List.of(name + ". 300 IN A " + address));
    server.answer(
        ScriptedUpstream.question(name, "A"), new Scenario.Step(0, "UPSTREAM", List.of(), details));
  }

  private boolean reload(String... routes) throws IOException {
    loopback.configure(String.join("", routes));
    return loopback.reload();
  }

  private Message ask(Name name, int type) throws IOException {
    byte[] query = Message.newQuery(Record.newRecord(name, type, DClass.IN)).toWire();
    return new Message(Objects.requireNonNull(loopback.client().ask(query, false)));
  }

  /** The last address of the answer. */
  private String address(String name) throws IOException {
    String found = "none";
    for (Record each : ask(Name.fromString(name + "."), Type.A).getSection(Section.ANSWER)) {
      if (each instanceof ARecord address) {
        found = Objects.requireNonNull(address.getAddress().getHostAddress());
      }
    }
    return found;
  }

  private @Nullable String nameOf(String fake) throws IOException {
    for (Record each :
        ask(ReverseMap.fromAddress(InetAddress.getByName(fake)), Type.PTR)
            .getSection(Section.ANSWER)) {
      if (each instanceof PTRRecord name) {
        return name.getTarget().toString(true);
      }
    }
    return null;
  }

  private @Nullable Mapping of(String fake) {
    return loopback.daemon().mappings().byFake(Objects.requireNonNull(IpAddress.parse(fake)));
  }

  @Test
  void reload_anotherRoute_steersAtOnceBesideTheOld() throws Exception {
    String old = address("www.one.org");
    assertThat(address("www.two.org")).isEqualTo("203.0.113.2");

    assertThat(reload(LAB, OFFICE)).isTrue();

    assertThat(address("www.two.org")).startsWith("198.18.2.");
    assertThat(address("www.one.org")).isEqualTo(old);
    assertThat(loopback.mapping("203.0.113.2", "lab")).isNotNull();
    assertThat(nameOf(address("www.two.org"))).isEqualTo("www.two.org");
  }

  @Test
  void reload_withoutARoute_answersRealAtOnceAndItsFakesWorkOn() throws Exception {
    assertThat(reload(OFFICE, LAB)).isTrue();
    String fake = address("www.one.org");
    String kept = address("www.two.org");

    assertThat(reload(LAB)).isTrue();

    assertThat(address("www.one.org")).isEqualTo("203.0.113.1");
    assertThat(address("www.two.org")).isEqualTo(kept);
    assertThat(of(fake)).as("drains").isNotNull();
    assertThat(nameOf(fake)).isEqualTo("www.one.org");
    assertThat(reload(OFFICE, LAB)).as("it comes back").isTrue();
    assertThat(address("www.one.org")).isEqualTo(fake);
  }

  @Test
  void reload_twoRoutesSwapped_theFirstOneHasTheNameThatBothList() throws Exception {
    String both = route("lab", "one.org", "198.18.2.0/24", "");
    assertThat(reload(OFFICE, both)).isTrue();
    String ofOffice = address("www.one.org");
    assertThat(ofOffice).startsWith("198.18.1.");

    assertThat(reload(both, OFFICE)).isTrue();

    assertThat(address("www.one.org")).startsWith("198.18.2.");
    assertThat(of(ofOffice)).isNotNull();
    assertThat(reload(OFFICE, both)).isTrue();
    assertThat(address("www.one.org")).isEqualTo(ofOffice);
  }

  @Test
  void reload_routeRenamed_needsAnotherPoolUntilTheOldOneIsEmpty() throws Exception {
    String fake = address("www.one.org");

    assertThat(reload(route("home", "one.org", "198.18.1.0/24", ""))).isFalse();
    assertThat(address("www.one.org")).as("nothing changed").isEqualTo(fake);
    assertThat(reload(route("home", "one.org", "198.18.3.0/24", ""))).isTrue();

    assertThat(address("www.one.org")).startsWith("198.18.3.");
    assertThat(of(fake)).as("drains").isNotNull();
    assertThat(reload(route("home", "one.org", "198.18.1.0/24", ""))).as("drains yet").isFalse();
    assertThat(address("www.one.org")).startsWith("198.18.3.");
  }

  @Test
  void reload_serversOfARoute_areAskedAtOnce() throws Exception {
    address("www.one.org");
    assertThat(loopback.mapping("203.0.113.1", "office")).isNotNull();
    String own = "upstream-host = \"" + LoopbackDaemon.OTHER + "\"";

    assertThat(reload(route("office", "one.org", "198.18.1.0/24", own), LAB)).isTrue();
    address("www.one.org");
    address("www.two.org");
    assertThat(loopback.mapping("203.0.113.101", "office")).isNotNull();
    assertThat(loopback.mapping("203.0.113.2", "lab")).isNotNull();
    assertThat(reload(OFFICE, route("lab", "two.org", "198.18.2.0/24", own))).isTrue();
    address("www.two.org");

    assertThat(loopback.mapping("203.0.113.102", "lab")).isNotNull();
    assertThat(loopback.other().asked("www.one.org. A")).isEqualTo(1);
    assertThat(loopback.daemon().status().split(" upstream=", -1))
        .as("one group is left out")
        .hasSize(3);
    assertThat(reload(OFFICE, LAB)).isTrue();
    assertThat(loopback.daemon().status().split(" upstream=", -1)).hasSize(2);
  }

  @Test
  void reload_toRefuseAndBack_refusesMeanwhile() throws Exception {
    String fake = address("www.one.org");
    String refusing =
        """
        [[route]]
        name = "office"
        domain = "one.org"
        treatment = "refuse"
        """;

    assertThat(reload(refusing)).isTrue();
    Message refused = ask(Name.fromString("www.one.org."), Type.A);
    assertThat(refused.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(of(fake)).as("drains").isNotNull();
    assertThat(reload(OFFICE)).isTrue();

    assertThat(address("www.one.org")).isEqualTo(fake);
  }

  private int askUntil(AtomicBoolean stop, String name, Predicate<String> right)
      throws IOException {
    int asked = 0;
    do {
      assertThat(address(name)).matches(right);
      asked++;
    } while (!stop.get());
    return asked;
  }

  @Test
  void reload_fiftyTimesUnderLoad_everyQueryIsAnsweredByOneOfTheRoutes() throws Exception {
    List<String> variants =
        List.of(
            OFFICE + LAB,
            LAB + OFFICE,
            OFFICE,
            route("first", "two.org", "198.18.4.0/24", "") + OFFICE,
            OFFICE + "[[route]]\nname = \"lab\"\ndomain = \"two.org\"\ntreatment = \"pass\"\n");
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(3);
    try {
      Predicate<String> always = each -> each.startsWith("198.18.1.");
      Predicate<String> any =
          each ->
              each.startsWith("198.18.2.")
                  || each.startsWith("198.18.4.")
                  || each.equals("203.0.113.2");
      List<Future<Integer>> counts = new ArrayList<>();
      counts.add(clients.submit(() -> askUntil(stop, "www.one.org", always)));
      counts.add(clients.submit(() -> askUntil(stop, "www.two.org", any)));
      counts.add(clients.submit(() -> askUntil(stop, "www.two.org", any)));
      for (int i = 0; i < 50; i++) {
        int variant = i % variants.size();
        assertThat(reload(variants.get(variant))).isTrue();
        String expected = variant < 2 ? "198.18.2." : variant == 3 ? "198.18.4." : "203.0.113.2";
        assertThat(address("www.two.org")).startsWith(expected);
      }
      stop.set(true);
      for (Future<Integer> count : counts) {
        assertThat(count.get()).isPositive();
      }
    } finally {
      stop.set(true);
      clients.shutdown();
    }
  }
}
