package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.nat.mapping.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** One scenario being played: upstream, daemon and client on loopback. */
final class ScenarioRun implements AutoCloseable {
  private static final Pattern AGED = Pattern.compile(" ~(\\d+) ");

  /** Seconds that a slow machine may let pass besides those that a scenario says. */
  private static final int LATEST_SECONDS = 20;

  private static final Pattern FAKE = Pattern.compile("fake\\(([^)]+)\\)");
  private static final Pattern REVERSE = Pattern.compile("reverse\\(([^)]+)\\)");

  private final Scenario scenario;
  private final LoopbackDaemon loopback;
  private final ScriptedUpstream upstream;
  private String question = "";
  private byte @Nullable [] answerBytes;

  ScenarioRun(Scenario scenario, Path stateDir) throws Exception {
    this.scenario = scenario;
    loopback = new LoopbackDaemon(scenario.flags(), stateDir);
    upstream = loopback.upstream();
  }

  void play() throws IOException {
    for (Scenario.Step step : scenario.steps()) {
      try {
        play(step);
      } catch (AssertionError e) {
        throw new AssertionError(scenario.name() + ":" + step.line() + ": " + e.getMessage(), e);
      }
    }
  }

  private void play(Scenario.Step step) throws IOException {
    switch (step.verb()) {
      case "UPSTREAM" -> upstream.answer(questionOf(step.words()), step);
      case "OTHER" -> loopback.other().answer(questionOf(step.words()), step);
      case "CLIENT" -> ask(step.words());
      case "EXPECT" -> expect(step);
      case "ASKED" ->
          assertThat(upstream.asked(question)).isEqualTo(Integer.parseInt(step.words().get(0)));
      case "TIME" -> loopback.skipSeconds(Long.parseLong(step.words().get(0)));
      case "MAPPED" -> assertThat(mapping(step.words().get(0))).isNotNull();
      case "UNMAPPED" -> awaitUnmapped(step.words().get(0));
      default -> throw new AssertionError("unknown step " + step.verb());
    }
  }

  private static String questionOf(List<String> words) {
    return ScriptedUpstream.question(words.get(0), words.get(1));
  }

  private void ask(List<String> words) throws IOException {
    String asked = withReverseNames(words.get(1));
    Name name = Name.fromString(asked, Name.root);
    question = ScriptedUpstream.question(asked, words.get(2));
    Message query = Message.newQuery(Record.newRecord(name, Type.value(words.get(2)), DClass.IN));
    int edns = 1232;
    boolean dnssecOk = false;
    for (String word : words.subList(3, words.size())) {
      switch (word) {
        case "CD", "AD" -> query.getHeader().setFlag(Flags.value(word));
        case "DO" -> dnssecOk = true;
        case "NOEDNS" -> edns = 0;
        default -> edns = Integer.parseInt(word.substring("EDNS=".length()));
      }
    }
    if (edns > 0) {
      query.addRecord(
          new OPTRecord(edns, 0, 0, dnssecOk ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
    }
    answerBytes = loopback.client().ask(query.toWire(), words.get(0).equals("tcp"));
  }

  private void expect(Scenario.Step step) throws IOException {
    byte[] bytes = answerBytes;
    if (step.words().contains("SILENCE")) {
      assertThat(bytes).isNull();
      return;
    }
    assertThat(bytes).as("an answer").isNotNull();
    Message answer = new Message(Objects.requireNonNull(bytes));
    if (step.words().contains("NODATA-WITH-SOA")) {
      expectNodata(step, answer);
      return;
    }
    assertThat(Rcode.string(answer.getRcode()))
        .as(answer.toString())
        .isEqualTo(step.words().get(0));
    if (step.details().containsKey("RAW")) {
      assertThat(withoutIdAndOpt(bytes))
          .isEqualTo(withoutIdAndOpt(Objects.requireNonNull(upstream.lastAnswer())));
      return;
    }
    assertThat(headerBits(answer)).containsExactlyInAnyOrderElementsOf(expectedBits(step));
    for (String ede : step.detail("EDE")) {
      assertThat(edeCodes(answer)).contains(Integer.parseInt(ede));
    }
    if (!step.details().containsKey("EDE")) {
      assertThat(edeCodes(answer)).isEmpty();
    }
    expectRecords(step, answer, Section.ANSWER);
    expectRecords(step, answer, Section.AUTHORITY);
    expectRecords(step, answer, Section.ADDITIONAL);
  }

  /** An SOA of our own making: its owner is the question, or a name above it. */
  private static void expectNodata(Scenario.Step step, Message answer) {
    assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(answer.getSection(Section.ANSWER)).isEmpty();
    assertThat(answer.getSection(Section.AUTHORITY))
        .singleElement()
        .satisfies(
            soa -> {
              assertThat(soa.getType()).isEqualTo(Type.SOA);
              assertThat(soa.getTTL()).isBetween(1L, 60L);
              assertThat(answer.getQuestion().getName().subdomain(soa.getName())).isTrue();
            });
    for (String ede : step.detail("EDE")) {
      assertThat(edeCodes(answer)).contains(Integer.parseInt(ede));
    }
  }

  private static List<String> expectedBits(Scenario.Step step) {
    return step.details().containsKey("HEADER") ? step.detail("HEADER") : List.of("RA");
  }

  private static List<String> headerBits(Message answer) {
    List<String> bits = new ArrayList<>();
    for (int flag : new int[] {Flags.AA, Flags.TC, Flags.RA, Flags.AD, Flags.CD}) {
      if (answer.getHeader().getFlag(flag)) {
        bits.add(Flags.string(flag).toUpperCase(Locale.ROOT));
      }
    }
    return bits;
  }

  private static List<Integer> edeCodes(Message answer) {
    List<Integer> codes = new ArrayList<>();
    if (answer.getOPT() != null) {
      for (EDNSOption option : answer.getOPT().getOptions()) {
        if (option instanceof ExtendedErrorCodeOption ede) {
          codes.add(ede.getErrorCode());
        }
      }
    }
    return codes;
  }

  private static List<String> records(Message answer, int section) {
    List<String> texts = new ArrayList<>();
    for (Record each : answer.getSection(section)) {
      if (each.getType() != Type.OPT) {
        texts.add(text(each));
      }
    }
    return texts.stream().sorted().toList();
  }

  private void expectRecords(Scenario.Step step, Message answer, int section) throws IOException {
    List<String> actual = records(answer, section);
    assertThat(actual).isEqualTo(expected(step.records(sectionName(section)), actual));
  }

  private static String sectionName(int section) {
    return List.of("QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL").get(section);
  }

  private List<String> expected(List<String> templates, List<String> actual) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String template : templates) {
      Matcher aged = AGED.matcher(template);
      if (aged.find()) {
        long ttl = Long.parseLong(aged.group(1));
        String text = expected(List.of(aged.replaceFirst(" " + ttl + " ")), actual).get(0);
        for (long late = 1; late <= LATEST_SECONDS && !actual.contains(text); late++) {
          text = text.replaceFirst(" \\d+ ", " " + (ttl - late) + " ");
        }
        texts.add(text);
        continue;
      }
      Matcher fake = FAKE.matcher(withReverseNames(template));
      String text =
          fake.replaceAll(
              match -> {
                Mapping mapping = mapping(match.group(1));
                return mapping == null
                    ? "no-mapping-of-" + match.group(1)
                    : mapping.fake().toString();
              });
      texts.add(text(ScriptedUpstream.record(text)));
    }
    return texts.stream().sorted().toList();
  }

  private String withReverseNames(String template) {
    return REVERSE
        .matcher(template)
        .replaceAll(
            match -> {
              Mapping mapping = Objects.requireNonNull(mapping(match.group(1)));
              return ReverseMap.fromAddress(mapping.fake().toInetAddress()).toString();
            });
  }

  private static String text(Record each) {
    return each.getName()
        + " "
        + each.getTTL()
        + " "
        + Type.string(each.getType())
        + " "
        + each.rdataToString();
  }

  /** Header but the ID, and everything up to the OPT record, which stands last in both. */
  private static byte[] withoutIdAndOpt(byte[] message) throws IOException {
    Message decoded = new Message(message);
    int length = message.length;
    if (decoded.getOPT() != null) {
      length -= decoded.getOPT().toWire(Section.ADDITIONAL).length;
    }
    byte[] rest = Arrays.copyOfRange(message, 2, length);
    rest[9] = (byte) (rest[9] - (decoded.getOPT() == null ? 0 : 1));
    return lowerCaseQuestion(rest);
  }

  /** The upstream was asked in letters of random case; the client has its own back. */
  private static byte[] lowerCaseQuestion(byte[] rest) {
    int at = 10;
    while (rest[at] != 0) {
      for (int i = at + 1; i <= at + rest[at]; i++) {
        rest[i] = (byte) Character.toLowerCase((char) rest[i]);
      }
      at += rest[at] + 1;
    }
    return rest;
  }

  private @Nullable Mapping mapping(String real) {
    return loopback.mapping(real);
  }

  /** The writer notices on its next tick; a minute is far beyond it. */
  private void awaitUnmapped(String real) {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (mapping(real) != null) {
      assertThat(System.nanoTime() - deadline).as("still mapped: " + real).isNegative();
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() throws IOException {
    loopback.close();
  }
}
