package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One client asks for thousands of listed names; the other one notices nothing. */
@Tag("netns")
class PoolShareTest {
  private static final int NAMES = 3_000;

  /** The first ones are the second client's. */
  private static final int OWN = 60;

  /** Of these it asks for the first time while the other one is at it. */
  private static final int FRESH = 30;

  /** A quarter of the 1,022 hosts of the pool. */
  private static final int SHARE = 255;

  private static final int OTHER_EDE = 0;

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(NAMES);
    client = lab.host(Lab.CLIENT2);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void greedyClient_hasItsShareAndNoMore_theOtherOneAllThatItWants() {
    Dotp dotp =
        lab.dotp(
                "-H",
                Lab.GATEWAY_LAN,
                "-d",
                "example.com",
                "-4",
                "198.18.0.0/22",
                "-6",
                "2001:2:0:d07::/64",
                "--upstream-host",
                Lab.UPSTREAM_DNS)
            .awaitAnswers(client);
    Oracle oracle = Oracle.startCalmly(lab, OWN);
    Patience.until(() -> oracle.report().of("remembered") == 2 * OWN, () -> "" + oracle.report());
    Map<String, String> before = lab.kernel().mappings();
    assertThat(before).hasSize(2 * OWN);

    List<Answer> greedy = new ArrayList<>(ask(NAMES));
    for (int i = 0; i < FRESH; i++) {
      Answer answer = client.ask(BulkNames.name(OWN + i), "A");
      assertThat(client.reach(answer.address())).isEqualTo(BulkNames.real(OWN + i, false));
    }
    greedy.addAll(ask(2 * NAMES));
    Tally tally = oracle.awaitConnections(100);

    List<Answer> refused =
        greedy.stream().filter(answer -> answer.rcode().equals("SERVFAIL")).toList();
    Set<String> fakes =
        greedy.stream().flatMap(a -> a.addresses().stream()).collect(Collectors.toSet());
    System.out.println("greedy: fakes=" + fakes.size() + " refused=" + refused.size());
    System.out.println("beside it: " + tally);
    assertThat(fakes).hasSize(SHARE);
    assertThat(refused).hasSizeGreaterThan(NAMES);
    assertThat(refused).allMatch(answer -> answer.extendedErrors().contains(OTHER_EDE));
    assertThat(greedy).hasSize(refused.size() + count(greedy, "NOERROR"));
    assertThat(dotp.log()).contains("--max-pool-share");
    assertThat(Dotp.number(dotp.status(), "client-limited")).isGreaterThanOrEqualTo(NAMES);
    assertThat(lab.kernel().mappings())
        .containsAllEntriesOf(before)
        .hasSize(2 * OWN + FRESH + SHARE);
    assertThat(tally.all().keySet()).noneMatch(key -> key.startsWith("rcode-"));
    assertThat(tally.of("violations") + tally.of("refused") + tally.of("broken-flows")).isZero();
  }

  private static int count(List<Answer> answers, String rcode) {
    return (int) answers.stream().filter(answer -> answer.rcode().equals(rcode)).count();
  }

  /** So many of the other names in a random order, some of them again and again. */
  private List<Answer> ask(int times) {
    List<String> queries = new ArrayList<>();
    Random random = new Random(times);
    for (int i = 0; i < times; i++) {
      int name = OWN + FRESH + random.nextInt(NAMES - OWN - FRESH);
      byte[] query = Question.of(BulkNames.name(name), "A").bytes(i & 0xffff);
      queries.add("udp " + HexFormat.of().formatHex(query));
    }
    Collections.shuffle(queries, random);
    Path in = lab.directory().resolve("greedy-in");
    Path out = lab.directory().resolve("greedy-out");
    try {
      Files.write(in, queries);
      List<String> arguments = List.of(Lab.GATEWAY_LAN, "53", in.toString(), out.toString(), "4");
      lab.run(
              Lab.CLIENT,
              TestProgram.commandLine(BulkClient.class, arguments).toArray(String[]::new))
          .expectSuccess();
      return Files.readAllLines(out).stream()
          .map(line -> new Answer(HexFormat.of().parseHex(line)))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
