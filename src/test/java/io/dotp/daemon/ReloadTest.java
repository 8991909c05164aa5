package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.ip.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Another configuration while the program runs, against a whole daemon on loopback. */
class ReloadTest {
  private static final String POOL = "198.18.0.0/24";

  @TempDir Path stateDir;
  private LoopbackDaemon loopback;

  @BeforeEach
  void start() throws Exception {
    loopback = new LoopbackDaemon(List.of("-d", "one.org", "-4", POOL), stateDir);
    script("www.one.org", "www.one.org. 300 IN A 203.0.113.1");
    script("www.two.org", "www.two.org. 300 IN A 203.0.113.2");
  }

  @AfterEach
  void stop() throws IOException {
    loopback.close();
  }

  private void script(String name, String... records) {
    Map<String, List<String>> details = new LinkedHashMap<>();
    details.put("ANSWER", List.of(records));
    loopback
        .upstream()
        .answer(
            ScriptedUpstream.question(name, "A"),
            new Scenario.Step(0, "UPSTREAM", List.of(), details));
  }

  private Message ask(String name) throws IOException {
    byte[] query =
        Message.newQuery(Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN)).toWire();
    return new Message(Objects.requireNonNull(loopback.client().ask(query, false)));
  }

  /** The last address of the answer. */
  private String address(String name) throws IOException {
    String found = "none";
    for (Record each : ask(name).getSection(Section.ANSWER)) {
      if (each instanceof ARecord address) {
        found = Objects.requireNonNull(address.getAddress().getHostAddress());
      }
    }
    return found;
  }

  @Test
  void reload_nameIsListed_isSteeredAtOnce() throws Exception {
    assertThat(address("www.two.org")).isEqualTo("203.0.113.2");

    assertThat(loopback.reload("-d", "one.org", "-d", "two.org", "-4", POOL)).isTrue();

    assertThat(address("www.two.org")).startsWith("198.18.0.");
    assertThat(loopback.upstream().asked("www.two.org. A")).isEqualTo(1);
  }

  @Test
  void reload_nameIsNoLongerListed_isAnsweredRealAtOnce() throws Exception {
    String fake = address("www.one.org");
    assertThat(fake).startsWith("198.18.0.");
    assertThat(address("www.one.org")).isEqualTo(fake);

    assertThat(loopback.reload("-d", "two.org", "-4", POOL)).isTrue();

    assertThat(address("www.one.org")).isEqualTo("203.0.113.1");
    assertThat(loopback.mapping("203.0.113.1")).as("drains").isNotNull();
    assertThat(loopback.reload("-d", "one.org", "-4", POOL)).isTrue();
    assertThat(address("www.one.org")).isEqualTo(fake);
  }

  @Test
  void reload_listedNameLedToTarget_targetFollowsThatName() throws Exception {
    script(
        "alias.one.org",
        "alias.one.org. 300 IN CNAME edge.cdn.org.",
        "edge.cdn.org. 300 IN A 203.0.113.3");
    script("edge.cdn.org", "edge.cdn.org. 300 IN A 203.0.113.3");
    String fake = address("alias.one.org");
    assertThat(address("edge.cdn.org")).isEqualTo(fake);

    assertThat(loopback.reload("-d", "one.org", "-d", "two.org", "-4", POOL)).isTrue();
    assertThat(address("edge.cdn.org")).as("still listed").isEqualTo(fake);
    assertThat(loopback.reload("-d", "two.org", "-4", POOL)).isTrue();

    assertThat(address("edge.cdn.org")).isEqualTo("203.0.113.3");
    assertThat(address("alias.one.org")).isEqualTo("203.0.113.3");
  }

  @Test
  void reload_fakeTtlAndCanary_takeEffect() throws Exception {
    assertThat(ask("use-application-dns.net").getRcode()).isEqualTo(Rcode.NXDOMAIN);

    assertThat(
            loopback.reload(
                "-d", "one.org", "-4", POOL, "--fake-ttl", "7", "--pass-canary", "firefox-doh"))
        .isTrue();

    assertThat(ask("www.one.org").getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(7);
    script("use-application-dns.net", "use-application-dns.net. 300 IN A 203.0.113.9");
    assertThat(address("use-application-dns.net")).isEqualTo("203.0.113.9");
  }

  @Test
  void reload_hostsFile_isReadAndCheckedBefore() throws Exception {
    Path hosts = stateDir.resolve("hosts");
    String[] flags = {"-d", "one.org", "-4", POOL, "--hosts-file", hosts.toString()};

    assertThat(loopback.reload(flags)).as("no such file").isFalse();
    Files.writeString(hosts, "192.0.2.7 box.two.org\n");
    assertThat(loopback.reload(flags)).isTrue();

    assertThat(address("box.two.org")).isEqualTo("192.0.2.7");
  }

  @Test
  void reload_mistakes_changeNothing() throws Exception {
    String fake = address("www.one.org");

    assertThat(loopback.reload("-d", "two..org", "-4", POOL)).isFalse();
    assertThat(loopback.reload("-d", "two.org", "-4", "127.0.0.0/24")).isFalse();
    assertThat(loopback.reload("-d", "two.org", "-4", POOL, "--fake-ttl", "x")).isFalse();
    assertThat(loopback.reload("-4", POOL)).isFalse();

    assertThat(address("www.one.org")).isEqualTo(fake);
    assertThat(address("www.two.org")).isEqualTo("203.0.113.2");
  }

  @Test
  void reload_otherPool_newAnswersComeFromItAndOldFakesWork() throws Exception {
    String old = address("www.one.org");

    assertThat(loopback.reload("-d", "one.org", "-4", "198.19.0.0/24")).isTrue();

    assertThat(address("www.one.org")).startsWith("198.19.0.");
    IpAddress fake = Objects.requireNonNull(IpAddress.parse(old));
    assertThat(loopback.daemon().mappings().byFake(fake)).as("drains").isNotNull();
    assertThat(loopback.reload("-d", "one.org", "-4", POOL)).isTrue();
    assertThat(address("www.one.org")).isEqualTo(old);
  }

  /** One client that never stops asking. */
  private record Asker(ReloadTest test, String name, Predicate<String> right, AtomicBoolean stop)
      implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
      int asked = 0;
      while (!stop.get()) {
        assertThat(test.address(name)).satisfies(each -> assertThat(right.test(each)).isTrue());
        asked++;
      }
      return asked;
    }
  }

  @Test
  void reload_fiftyTimesUnderLoad_everyQueryIsAnsweredByOneOfTheTwo() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(4);
    try {
      Predicate<String> pool = each -> each.startsWith("198.18.0.");
      List<Future<Integer>> counts = new ArrayList<>();
      counts.add(clients.submit(new Asker(this, "www.one.org", pool, stop)));
      counts.add(clients.submit(new Asker(this, "www.one.org", pool, stop)));
      Predicate<String> either = pool.or(each -> each.equals("203.0.113.2"));
      counts.add(clients.submit(new Asker(this, "www.two.org", either, stop)));
      counts.add(clients.submit(new Asker(this, "www.two.org", either, stop)));

      for (int i = 0; i < 50; i++) {
        boolean both = i % 4 == 0;
        String second = i % 2 == 1 ? "broken..org" : both ? "two.org" : "three.org";
        assertThat(loopback.reload("-d", "one.org", "-d", second, "-4", POOL))
            .isEqualTo(i % 2 == 0);
        if (i % 2 == 0) {
          assertThat(address("www.two.org").equals("203.0.113.2")).isEqualTo(!both);
        }
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
