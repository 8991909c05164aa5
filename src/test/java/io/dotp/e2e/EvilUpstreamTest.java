package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The upstream drops, delays, repeats, cuts and lies: nothing wrong is believed, nobody is left
 * without an answer, and nothing is left behind.
 */
@Tag("netns")
@Tag("long")
class EvilUpstreamTest {
  private static final String EVIL = "192.0.2.3";
  private static final int THREADS = 256;
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  /** What the JIT compiler and the like may add between two looks at an idle heap. */
  private static final long HEAP_NOISE = 4L << 20;

  /** Sockets towards the upstream that are kept for later, 256 for each loop, and all the rest. */
  private static final long MOST_DESCRIPTORS =
      256L * Runtime.getRuntime().availableProcessors() + 128;

  private Lab lab;
  private Host client;

  private final Set<Path> attachFiles = new HashSet<>();

  @BeforeEach
  void start() {
    lab = Lab.up(1);
    client = lab.host(Lab.CLIENT);
    String[] program =
        TestProgram.commandLine(EvilUpstream.class, List.of(EVIL, "20240601"))
            .toArray(String[]::new);
    String[] command = new String[program.length + 3];
    List.of("start", Lab.UPSTREAM, "evil").toArray(command);
    System.arraycopy(program, 0, command, 3, program.length);
    lab.script(command).expectSuccess();
  }

  @AfterEach
  void stop() throws IOException {
    lab.close();
    // What the attach mechanism of a killed JVM leaves would be in the way of another user's.
    for (Path left : attachFiles) {
      Files.deleteIfExists(left);
    }
  }

  @Test
  void everyQuery_isAnsweredRightOrFails() throws UnknownHostException {
    sufferTwice(5_000);
  }

  @Test
  @Tag("full")
  void hundredThousandQueries_leaveNothingBehind() throws UnknownHostException {
    sufferTwice(50_000);
  }

  /** The same names twice, so that the second time adds no mappings. */
  private void sufferTwice(int names) throws UnknownHostException {
    Dotp dotp =
        lab.dotp(
            "-H",
            Lab.GATEWAY_LAN,
            "-d",
            "example.com",
            "-4",
            "198.18.0.0/15",
            "--cache-size",
            "0",
            "--nat-ttl",
            "7200",
            "--upstream-host",
            EVIL);
    Patience.until(
        () -> client.tryAsk(Question.of("n1.example.net", "A")) instanceof Answer, dotp::log);

    ask(dotp, names);
    long heap = liveHeap(dotp);
    ask(dotp, names);

    assertThat(liveHeap(dotp)).isLessThan(heap + HEAP_NOISE);
    Patience.until(
        () -> dotp.descriptors() <= MOST_DESCRIPTORS, () -> "descriptors: " + dotp.descriptors());
    assertThat(dotp.status()).as(dotp.log()).contains(" bugs=0 ").contains("kernel-in-step=true");
    assertOnlyRightMappings(names);
  }

  private void ask(Dotp dotp, int names) {
    List<String> arguments = List.of(Lab.GATEWAY_LAN, "0", "" + names, "" + THREADS);
    Finished run =
        lab.run(
            Lab.CLIENT,
            TestProgram.commandLine(TrustingClient.class, arguments).toArray(String[]::new));
    System.out.println("trusting client: " + run.out().trim());
    Tally tally = Tally.parse(run.expectSuccess().out());

    assertThat(tally.all())
        .as(dotp.status() + run.err() + dotp.log())
        .containsOnlyKeys("good", "fake", "failed");
    assertThat(tally.of("good") + tally.of("fake")).isGreaterThan(names * 8L / 10);
    assertThat(tally.all().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(names);
  }

  private void assertOnlyRightMappings(int names) throws UnknownHostException {
    Set<String> right = new HashSet<>();
    for (int i = 0; i < names; i += 2) {
      right.add(InetAddress.getByAddress(EvilUpstream.address(i)).getHostAddress());
    }
    assertThat(right).containsAll(lab.kernel().pairs("nat_map").values());
  }

  /** Bytes of what is reachable, after a full collection. */
  private long liveHeap(Dotp dotp) {
    attachFiles.add(Path.of("/tmp/.java_pid" + dotp.pid()));
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    String[] command = {jcmd.toString(), "" + dotp.pid(), "GC.class_histogram"};
    String histogram = lab.run(Lab.GATEWAY, command).expectSuccess().out();
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new AssertionError("no total in " + histogram);
    }
    return Long.parseLong(total.group(1));
  }
}
