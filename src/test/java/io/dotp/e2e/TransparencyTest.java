package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An unlisted name gets what the upstream says and nothing else, for every type and way to ask; and
 * how that compares with unbound and dnsmasq in the same place.
 */
@Tag("netns")
@Tag("long")
class TransparencyTest {
  private static final Path KNOWN = Path.of("test-fixtures/lab/differences.md");

  /** Each question is put in one of so many of the ways; in all of them in a full run. */
  private static final int SHARE = 4;

  private static final int THREADS = 8;

  /** How long a run may take while the upstream's cache grows old. */
  private static final int AGE_SECONDS = 900;

  private static final BigZone ZONE = new BigZone();
  private static final Map<String, String> SEEN = new TreeMap<>();

  private static Lab lab;
  private static Servers servers;

  @BeforeAll
  static void start() {
    lab = Lab.up(1);
    servers = new Servers(lab);
    servers.authoritative(ZONE.text());
    servers.validating();
  }

  @AfterAll
  static void stop() throws IOException {
    lab.close();
    StringBuilder table = new StringBuilder();
    SEEN.forEach((key, what) -> table.append(key).append(' ').append(what).append('\n'));
    Files.writeString(Path.of("target/differences.md"), table);
    System.out.print(table);
  }

  /** A question in one of the ways to ask. */
  private record Put(BigZone.Asked asked, AskedWay way) {
    String line(int id) {
      return way.line(asked, id);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {Servers.AUTHORITATIVE, Servers.VALIDATING})
  void unlistedName_isTheUpstreamsAnswer(String upstream) throws IOException {
    compare(upstream, SHARE);
  }

  @ParameterizedTest
  @ValueSource(strings = {Servers.AUTHORITATIVE, Servers.VALIDATING})
  @Tag("full")
  void unlistedName_askedInEveryWay_isTheUpstreamsAnswer(String upstream) throws IOException {
    compare(upstream, 1);
  }

  private static void compare(String upstream, int share) throws IOException {
    assertThat(ZONE.rrsets()).isGreaterThan(2_000);
    boolean caching = upstream.equals(Servers.VALIDATING);
    List<Put> all = puts(caching, share);
    Host client = lab.host(Lab.CLIENT);
    Dotp dotp =
        lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "listed.example.org",
            "-4",
            "198.18.0.0/15",
            "--cache-size",
            "0",
            "--upstream-host",
            upstream);
    Patience.until(
        () -> client.tryAsk(Question.of("www.elsewhere.example.net", "A")) instanceof Answer,
        dotp::log);
    Reference reference = new Reference(upstream, all, caching);
    List<byte @Nullable []> direct = ask(upstream, 53, all);
    List<byte @Nullable []> answers = ask(Lab.GATEWAY_LAN, 53, all);

    Map<String, List<String>> wrong = new TreeMap<>();
    for (int i = 0; i < all.size(); i++) {
      Put put = all.get(i);
      byte[] answer = answers.get(i);
      for (String kind : reference.differences(put, answer)) {
        wrong.computeIfAbsent(kind, key -> new ArrayList<>()).add(put.toString());
      }
    }
    dotp.terminate();
    dotp.awaitExit();

    assertThat(shortened(wrong)).isEmpty();
    Set<String> found = new TreeSet<>();
    tabulate(found, "dotp", upstream, all, direct, answers);
    servers.unbound(upstream);
    tabulate(
        found, "unbound", upstream, all, direct, ask(Lab.GATEWAY_LAN, Servers.UNBOUND_PORT, all));
    servers.stop("unbound");
    if (Servers.mayChangeGroups()) {
      servers.dnsmasq(upstream);
      tabulate(
          found, "dnsmasq", upstream, all, direct, ask(Lab.GATEWAY_LAN, Servers.DNSMASQ_PORT, all));
      servers.stop("dnsmasq");
    }
    found.removeAll(known());
    assertThat(found).as("differences without an explanation").isEmpty();
  }

  private static Map<String, String> shortened(Map<String, List<String>> wrong) {
    Map<String, String> some = new TreeMap<>();
    wrong.forEach(
        (kind, puts) ->
            some.put(kind, puts.size() + ": " + puts.subList(0, Math.min(5, puts.size()))));
    return some;
  }

  private static List<Put> puts(boolean caching, int share) {
    List<Put> all = new ArrayList<>();
    int turn = 0;
    for (BigZone.Asked asked : ZONE.asked()) {
      for (AskedWay way : AskedWay.ALL) {
        // What a resolver says without recursion, or about a lame delegation, changes with its
        // cache.
        boolean steady = way.recursionDesired() && !asked.name().contains("sub");
        if (turn++ % share == 0 && (steady || !caching)) {
          all.add(new Put(asked, way));
        }
      }
      turn++;
    }
    return all;
  }

  private static List<byte @Nullable []> ask(String address, int port, List<Put> puts) {
    List<byte @Nullable []> answers = new ArrayList<>(Collections.nCopies(puts.size(), null));
    // nsd 4.6.1 stalls in the second of two pipelined answers that its socket buffer cannot hold.
    ask(address, port, puts, TransparencyTest::isHuge, 1, answers);
    ask(address, port, puts, put -> !isHuge(put), THREADS, answers);
    return answers;
  }

  private static boolean isHuge(Put put) {
    return put.asked().name().startsWith("big4000.") || put.asked().name().startsWith("text200.");
  }

  private static void ask(
      String address,
      int port,
      List<Put> puts,
      Predicate<Put> which,
      int threads,
      List<byte @Nullable []> answers) {
    List<Integer> places =
        IntStream.range(0, puts.size()).filter(i -> which.test(puts.get(i))).boxed().toList();
    List<String> lines = places.stream().map(place -> puts.get(place).line(place)).toList();
    List<String> received = servers.ask(address, port, lines, threads);
    for (int i = 0; i < places.size(); i++) {
      String answer = received.get(i);
      answers.set(places.get(i), answer.equals("none") ? null : HexFormat.of().parseHex(answer));
    }
  }

  private static void tabulate(
      Set<String> found,
      String who,
      String upstream,
      List<Put> all,
      List<byte @Nullable []> direct,
      List<byte @Nullable []> answers) {
    Map<String, List<Put>> kinds = new TreeMap<>();
    for (int i = 0; i < all.size(); i++) {
      for (String exact : Comparison.of(direct.get(i), answers.get(i), AGE_SECONDS)) {
        String kind = exact.startsWith("RCODE") && !who.equals("dotp") ? "other RCODE" : exact;
        kinds.computeIfAbsent(kind, key -> new ArrayList<>()).add(all.get(i));
      }
    }
    String role = upstream.equals(Servers.AUTHORITATIVE) ? "nsd" : "unbound";
    kinds.forEach(
        (kind, puts) -> {
          String key = "| " + who + " | " + role + " | " + kind + " |";
          found.add(key);
          Put first = puts.get(0);
          String example = first.asked().name() + " " + first.asked().type() + ", " + first.way();
          SEEN.put(key, puts.size() + " of " + all.size() + " | " + example + " |");
        });
  }

  private static Set<String> known() throws IOException {
    return Files.readAllLines(KNOWN).stream()
        .filter(line -> line.startsWith("| "))
        .map(line -> line.replaceAll("^(\\|[^|]*\\|[^|]*\\|[^|]*\\|).*", "$1"))
        .collect(Collectors.toSet());
  }

  /** What the upstream says to the queries that a forwarder makes of the clients' ones. */
  private static final class Reference {
    private final Map<Put, byte @Nullable []> answers = new LinkedHashMap<>();
    private final int age;

    Reference(String upstream, List<Put> all, boolean caching) {
      this.age = caching ? AGE_SECONDS : 0;
      List<Put> asked = all.stream().map(Reference::key).distinct().toList();
      if (caching) {
        // The first answer of a resolver may hold more than the later ones from its cache.
        TransparencyTest.ask(upstream, 53, asked);
      }
      List<byte @Nullable []> short_ = TransparencyTest.ask(upstream, 53, asked);
      List<Put> again = new ArrayList<>();
      List<Put> keysAgain = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        byte[] answer = short_.get(i);
        answers.put(asked.get(i), answer);
        if (answer != null && AskedWay.isTruncated(answer)) {
          again.add(new Put(asked.get(i).asked(), asked.get(i).way().overTcp()));
          keysAgain.add(asked.get(i));
        }
      }
      List<byte @Nullable []> whole = TransparencyTest.ask(upstream, 53, again);
      for (int i = 0; i < again.size(); i++) {
        answers.put(keysAgain.get(i), whole.get(i));
      }
    }

    private static Put key(Put put) {
      return new Put(put.asked(), put.way().upstream());
    }

    List<String> differences(Put put, byte @Nullable [] answer) {
      byte[] expected = answers.get(key(put));
      if (expected == null || answer == null) {
        return List.of("no answer");
      }
      int lengthOfOpt = 11;
      boolean fits =
          expected.length - (put.way().ednsSize() == 0 ? lengthOfOpt : 0) <= put.way().room();
      List<String> kinds = new ArrayList<>(Comparison.of(expected, answer, age));
      if (!fits) {
        kinds.remove("sets TC");
        if (!AskedWay.isTruncated(answer) || answer.length > put.way().room()) {
          kinds.add("not cut to the client's size");
        }
      }
      if (put.way().ednsSize() == 0) {
        kinds.remove("no OPT");
      }
      // A resolver builds the CNAME of a DNAME from the question's letters, and those are random.
      kinds.remove("answer: letters of a name");
      if (!put.way().understandsAuthenticData()) {
        kinds.remove("clears AD");
      }
      return kinds;
    }
  }
}
