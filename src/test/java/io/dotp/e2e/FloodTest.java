package io.dotp.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One client asks as fast as it can, or sends rubbish; the other one is served. */
@Tag("netns")
@Tag("long")
class FloodTest {
  private static final int NAMES = 100_000;
  private static final int ASKED = 500;
  private static final int RATE = 2_000;
  private static final Pattern LOG_SECOND = Pattern.compile("^\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}");

  private Lab lab;
  private Host client;

  @BeforeEach
  void start() {
    lab = Lab.up(10);
    client = lab.host(Lab.CLIENT2);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void randomNames_withoutARateLimit_otherClientIsServed() {
    Dotp dotp = lab.dotp(Dotp.USUAL).awaitAnswers(client);

    flood(dotp);
    Tally tally = patientClient();
    endFlood();

    assertServed(tally, dotp);
  }

  @Test
  void randomNames_withARateLimit_otherClientIsServedAndTheFloodGetsItsShare() {
    List<String> flags = new ArrayList<>(Arrays.asList(Dotp.USUAL));
    flags.addAll(List.of("--rate-limit", Integer.toString(RATE)));
    Dotp dotp = lab.dotp(flags.toArray(new String[0])).awaitAnswers(client);

    flood(dotp);
    Tally tally = patientClient();
    String report = endFlood();

    assertServed(tally, dotp);
    double seconds = number(report, "Run time \\(s\\): +([\\d.]+)");
    assertThat(number(report, "Queries completed: +(\\d+)"))
        .as(report)
        .isPositive()
        .isLessThanOrEqualTo(RATE * (seconds + 3));
    assertThat(dotp.log()).containsOnlyOnce("client=192.168.77.2 ");
  }

  @Test
  void garbage_fillsNoLogAndKillsNothing() {
    Dotp dotp = lab.dotp(Dotp.USUAL).awaitAnswers(client);
    List<String> arguments = List.of(Lab.GATEWAY_LAN, "200000");

    lab.run(
            Lab.CLIENT,
            TestProgram.commandLine(GarbageClient.class, arguments).toArray(new String[0]))
        .expectSuccess();

    assertServed(patientClient(), dotp);
  }

  /** 20,000 a second, and nothing held back for want of answers. */
  private void flood(Dotp dotp) {
    Path questions = lab.directory().resolve("flood");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < NAMES; i++) {
      text.append("r").append(Integer.toString(i * 31, 36)).append(".plain.example.net A\n");
    }
    try {
      Files.writeString(questions, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    lab.script(
            "start",
            Lab.CLIENT,
            "flood",
            "dnsperf",
            "-s",
            Lab.GATEWAY_LAN,
            "-d",
            questions.toString(),
            "-Q",
            "20000",
            "-c",
            "8",
            "-q",
            "20000",
            "-t",
            "1")
        .expectSuccess();
    Patience.until(
        () -> Dotp.number(" " + dotp.status(), "queries") > 10_000, () -> "no flood " + dotp.log());
  }

  /** Ends it and gives what it says about itself. */
  private String endFlood() {
    lab.script("stop", "flood", "INT").expectSuccess();
    try {
      return Files.readString(lab.directory().resolve("flood.log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Tally patientClient() {
    List<String> arguments = List.of(Lab.GATEWAY_LAN, Integer.toString(ASKED));
    Finished run =
        lab.run(
            Lab.CLIENT2,
            TestProgram.commandLine(PatientClient.class, arguments).toArray(new String[0]));
    System.out.println("patient client: " + run.out().trim());
    return Tally.parse(run.expectSuccess().out());
  }

  private static void assertServed(Tally tally, Dotp dotp) {
    assertThat(tally.of("answered")).isGreaterThanOrEqualTo(ASKED * 99 / 100);
    assertThat(dotp.status()).contains(" bugs=0 ");
    assertThat(linesOfTheWorstSecond(dotp.log())).isLessThanOrEqualTo(20);
  }

  /** A second is what the log's own time stamps say; the start is no flood. */
  private static long linesOfTheWorstSecond(String log) {
    Map<String, Long> lines =
        log.lines()
            .filter(line -> !line.contains(" status "))
            .map(LOG_SECOND::matcher)
            .filter(Matcher::find)
            .collect(
                Collectors.groupingBy(
                    (Function<Matcher, String>) Matcher::group, Collectors.counting()));
    return lines.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private static double number(String text, String pattern) {
    Matcher number = Pattern.compile(pattern).matcher(text);
    assertThat(number.find()).as(text).isTrue();
    return Double.parseDouble(number.group(1));
  }
}
