package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dotp.dns.message.Fixture;
import io.dotp.dns.message.QueryView;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every message of the fixtures, and copies of it that are broken in several ways, as a query and
 * as an upstream's answer. The same seed makes the same copies.
 */
class CorpusTest {
  private static final long SEED = 20_240_229;
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int COPIES = 10;
  private static final int NAME_LENGTH = 18;
  private static final int TYPE_AT = 12 + NAME_LENGTH;

  @TempDir private Path stateDir;

  @Test
  void queries_brokenInAnyWay_getAtMostOneShortAnswerEach() throws Exception {
    List<byte[]> corpus = corpus(Stream.concat(Fixture.all("query-"), Fixture.all("response-")));
    assertThat(corpus).hasSizeGreaterThanOrEqualTo(446);
    try (LoopbackDaemon loopback = daemon("example.com")) {
      loopback.upstream().answerRaw(CorpusTest::emptyAnswer);

      for (byte[] packet : corpus) {
        askBroken(loopback, packet);
      }

      assertStillWorks(loopback);
    }
  }

  /** As a forwarded name, and as one whose answer is decoded and rewritten. */
  @ParameterizedTest
  @ValueSource(strings = {"example.com", "fixture.tesd"})
  void answers_brokenInAnyWay_everyQueryIsAnswered(String listed) throws Exception {
    List<byte[]> corpus = corpus(Fixture.all("response-"));
    assertThat(corpus).hasSizeGreaterThanOrEqualTo(379);
    try (LoopbackDaemon loopback = daemon(listed)) {
      loopback.upstream().answerRaw(query -> brokenAnswer(corpus, query));
      List<DatagramSocket> asking = new ArrayList<>();
      try {
        for (int i = 0; i < corpus.size(); i++) {
          asking.add(ask(loopback, question(i, type(corpus.get(i)))));
        }

        for (int i = 0; i < asking.size(); i++) {
          assertThat(receive(asking.get(i))).as(hex(corpus.get(i))).isNotNull();
        }
      } finally {
        asking.forEach(DatagramSocket::close);
      }

      assertStillWorks(loopback);
    }
  }

  private LoopbackDaemon daemon(String listed) throws Exception {
    // Names below test are special, but not when somebody in particular answers for them.
    return new LoopbackDaemon(
        List.of(
            "-d", listed, "-4", "198.18.0.0/20", "--forward", "test=" + LoopbackDaemon.UPSTREAM),
        stateDir);
  }

  private static void assertStillWorks(LoopbackDaemon loopback) throws IOException {
    loopback.upstream().answerRaw(CorpusTest::emptyAnswer);
    for (boolean tcp : new boolean[] {false, true}) {
      byte[] answer = loopback.client().ask(question(46_655, 1), tcp);
      assertThat(answer).isNotNull();
      assertThat(answer[3] & 0xf).isZero();
    }
    assertThat(loopback.daemon().status()).contains(" bugs=0 ");
  }

  /** Right behind it goes a query that is answered here, so that silence can be told. */
  private static void askBroken(LoopbackDaemon loopback, byte[] packet) throws IOException {
    QueryView view = new QueryView();
    boolean silent = view.read(Unpooled.wrappedBuffer(packet)) == QueryView.Verdict.NOT_A_QUERY;
    byte[] control = HexFormat.of().parseHex("000001000001000000000000" + "0000fc0001");
    control[0] = (byte) (packet.length > 0 ? ~packet[0] : 0);
    try (DatagramSocket socket = ask(loopback, packet)) {
      socket.send(new DatagramPacket(control, control.length, loopback.address()));
      int answers = 0;
      for (int i = 0; i < (silent ? 1 : 2); i++) {
        byte[] answer = receive(socket);
        if (answer[0] != control[0]) {
          answers++;
          assertThat(answer.length).as(hex(packet)).isLessThanOrEqualTo(3 * packet.length);
        }
      }
      assertThat(answers).as(hex(packet)).isEqualTo(silent ? 0 : 1);
    }
  }

  private static DatagramSocket ask(LoopbackDaemon loopback, byte[] packet) throws IOException {
    DatagramSocket socket = new DatagramSocket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.send(new DatagramPacket(packet, packet.length, loopback.address()));
    return socket;
  }

  private static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static List<byte[]> corpus(Stream<Fixture> fixtures) {
    Random random = new Random(SEED);
    List<byte[]> corpus = new ArrayList<>();
    fixtures.forEach(
        fixture -> {
          byte[] message = asOrdinaryName(fixture.hex());
          corpus.add(message);
          for (int i = 1; i < COPIES; i++) {
            corpus.add(broken(message, random));
          }
        });
    return corpus;
  }

  /** Names in {@code test.} are answered here, and would never get as far as the upstream. */
  private static byte[] asOrdinaryName(String hex) {
    return HexFormat.of()
        .parseHex(hex.toLowerCase(Locale.ROOT).replace("0474657374", "0474657364"));
  }

  private static byte[] broken(byte[] message, Random random) {
    byte[] copy = message.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes && copy.length > 0; i++) {
      int at = random.nextInt(copy.length);
      switch (random.nextInt(5)) {
        case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> copy[at] = (byte) random.nextInt(256);
        case 2 -> copy = Arrays.copyOf(copy, at);
        case 3 -> copy = Arrays.copyOf(copy, copy.length + random.nextInt(40));
        default -> System.arraycopy(copy, 0, copy, at, copy.length - at);
      }
    }
    return copy;
  }

  /** {@code NNN.fixture.tesd}, as long as the name in the fixtures. */
  private static byte[] question(int index, int type) {
    String label = Integer.toString(46_656 + index, 36).substring(1);
    byte[] query =
        HexFormat.of()
            .parseHex(
                "000701000001000000000000" + "03000000" + "076669787475726504746573640000000001");
    System.arraycopy(label.getBytes(StandardCharsets.US_ASCII), 0, query, 13, 3);
    query[0] = (byte) (index >> 8);
    query[1] = (byte) index;
    query[TYPE_AT] = (byte) (type >> 8);
    query[TYPE_AT + 1] = (byte) type;
    return query;
  }

  /** What a fixture answers, as far as it says so. */
  private static int type(byte[] answer) {
    return answer.length < TYPE_AT + 2
        ? 1
        : (answer[TYPE_AT] & 0xff) << 8 | answer[TYPE_AT + 1] & 0xff;
  }

  /** With ID and letters of the query, or most would fail at those. */
  private static byte[] brokenAnswer(List<byte[]> corpus, byte[] query) {
    String label = new String(query, 13, 3, StandardCharsets.US_ASCII);
    int index = Integer.parseInt(label, 36);
    byte[] answer = corpus.get(index).clone();
    System.arraycopy(query, 0, answer, 0, Math.min(2, answer.length));
    if (answer.length >= TYPE_AT && answer[12] == 3) {
      System.arraycopy(query, 12, answer, 12, NAME_LENGTH);
    }
    return answer;
  }

  /** NOERROR without records, whatever the question. */
  private static byte[] emptyAnswer(byte[] query) {
    int at = 12;
    while (query[at] != 0) {
      at += 1 + (query[at] & 0x3f);
    }
    byte[] answer = Arrays.copyOf(query, at + 5);
    answer[2] |= (byte) 0x80;
    Arrays.fill(answer, 6, 12, (byte) 0);
    return answer;
  }

  private static String hex(byte[] message) {
    return HexFormat.of().formatHex(message);
  }
}
