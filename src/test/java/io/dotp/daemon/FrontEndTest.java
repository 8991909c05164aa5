package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/** Bad input and the ways of TCP, against a whole daemon on loopback. */
class FrontEndTest {
  private static final String QUESTION = "03777777076578616d706c65036f72670000010001";
  private static final int PATIENCE_MILLIS = 10_000;

  @TempDir static Path stateDir;
  private static LoopbackDaemon loopback;

  @BeforeAll
  static void start() throws Exception {
    loopback = new LoopbackDaemon(List.of("-d", "example.com", "-4", "198.18.0.0/24"), stateDir);
    loopback.upstream().answer(ScriptedUpstream.question("www.example.org", "A"), answer());
    loopback.upstream().answer(ScriptedUpstream.question("big.example.org", "TXT"), bigAnswer());
  }

  /** 50 kB, which takes TCP. */
  private static Scenario.Step bigAnswer() {
    List<String> records = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      records.add("big.example.org. 300 IN TXT \"" + i + "x".repeat(240) + "\"");
    }
    Map<String, List<String>> details = new LinkedHashMap<>();
    details.put("HEADER", List.of("TC"));
    details.put("ANSWER", records);
    return new Scenario.Step(0, "UPSTREAM", List.of(), details);
  }

  private static Scenario.Step answer() {
    Map<String, List<String>> details = new LinkedHashMap<>();
    details.put("ANSWER", List.of("www.example.org. 300 IN A 203.0.113.10"));
    return new Scenario.Step(0, "UPSTREAM", List.of(), details);
  }

  @AfterAll
  static void stop() throws IOException {
    loopback.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no question, 0001 0100 0000 0000 0000 0000, FORMERR",
    "two questions, 0001 0100 0002 0000 0000 0000 QQ, FORMERR",
    "question cut off, 0001 0100 0001 0000 0000 0000 03777777, FORMERR",
    "pointer to itself, 0001 0100 0001 0000 0000 0000 c00c00010001, FORMERR",
    "label type 01, 0001 0100 0001 0000 0000 0000 4077770000010001, FORMERR",
    "opcode STATUS, 0001 1000 0001 0000 0000 0000 Q, NOTIMP",
    "opcode NOTIFY, 0001 2000 0001 0000 0000 0000 Q, NOTIMP",
    "opcode UPDATE, 0001 2800 0001 0000 0000 0000 Q, NOTIMP",
    "opcode 15, 0001 7800 0001 0000 0000 0000 Q, NOTIMP",
    "AXFR, 0001 0100 0001 0000 0000 0000 0377777700 00fc 0001, NOTIMP",
    "IXFR, 0001 0100 0001 0000 0000 0000 0377777700 00fb 0001, NOTIMP",
    "TKEY, 0001 0100 0001 0000 0000 0000 0377777700 00f9 0001, NOTIMP",
    "EDNS version 1, 0001 0100 0001 0000 0000 0001 Q 0000 29 1000 00010000 0000, BADVERS",
    "two OPT, 0001 0100 0001 0000 0000 0002 Q 000029100000000000000000002910000000000000, FORMERR"
  })
  void query_malformedOrUnsupported_getsItsRcode(String name, String hex, String rcode)
      throws IOException {
    byte[] query = bytes(hex);

    for (boolean tcp : new boolean[] {false, true}) {
      byte[] reply = loopback.client().ask(query, tcp);

      assertThat(reply).as(name).isNotNull();
      Message message = new Message(reply);
      assertThat(message.getHeader().getID()).isEqualTo(1);
      assertThat(Rcode.string(message.getRcode())).isEqualTo(rcode);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no question, 0001 0100 0000 0000 0000 0001 OPT, FORMERR, 0, question count is not 1",
    "two questions, 0001 0100 0002 0000 0000 0001 QQ OPT, FORMERR, 0, question count is not 1",
    "two OPT, 0001 0100 0001 0000 0000 0002 Q OPT OPT, FORMERR, 0, a record is malformed",
    "record cut off, 0001 0100 0001 0000 0000 0002 Q OPT 00, FORMERR, 0, a record is malformed",
    "opcode NOTIFY, 0001 2000 0001 0000 0000 0001 Q OPT, NOTIMP, 21, only opcode QUERY",
    "AXFR, 0001 0100 0001 0000 0000 0001 0377777700 00fc 0001 OPT, NOTIMP, 21, 'AXFR, IXFR'",
    "version 1, 0001 0100 0001 0000 0000 0001 Q 0000 29 1000 00010000 0000, BADVERS, 21, only EDNS"
  })
  void query_refusedWithEdns_isToldWhy(String name, String hex, String rcode, int ede, String text)
      throws IOException {
    byte[] query = bytes(hex.replace("OPT", "00 0029 1000 00000000 0000"));

    for (boolean tcp : new boolean[] {false, true}) {
      byte[] reply = loopback.client().ask(query, tcp);

      Message message = new Message(Objects.requireNonNull(reply));
      assertThat(Rcode.string(message.getRcode())).as(name).isEqualTo(rcode);
      assertThat(Objects.requireNonNull(message.getOPT()).getOptions())
          .singleElement()
          .isInstanceOfSatisfying(
              ExtendedErrorCodeOption.class,
              option -> {
                assertThat(option.getErrorCode()).isEqualTo(ede);
                assertThat(option.getText()).startsWith(text);
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "0001 0100 0001 0000 0000 00", "0001 8100 0001 0000 0000 0000 Q"})
  void datagram_thatIsNoQuery_getsNothingWhileTheNextQueryIsAnswered(String hex)
      throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      send(socket, bytes(hex));
      send(socket, bytes("0077 0100 0001 0000 0000 0000 Q"));

      byte[] first = receive(socket);

      assertThat(new Message(first).getHeader().getID()).isEqualTo(0x77);
    }
  }

  @Test
  void tcp_pipelinedQueries_areAllAnswered() throws IOException {
    try (Socket socket = connect()) {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      for (int id = 0; id < 200; id++) {
        frame(out, bytes(String.format("%04x 0100 0001 0000 0000 0000 Q", id)));
      }
      socket.shutdownOutput();

      List<Integer> ids = new ArrayList<>();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (int i = 0; i < 200; i++) {
        ids.add(new Message(readFrame(in)).getHeader().getID());
      }

      assertThat(ids).doesNotHaveDuplicates().hasSize(200);
      assertThat(in.read()).as("closed after the last answer").isEqualTo(-1);
    }
  }

  @Test
  void tcp_queryByteByByte_isAnswered() throws IOException {
    try (Socket socket = connect()) {
      socket.setTcpNoDelay(true);
      byte[] query = bytes("0042 0100 0001 0000 0000 0000 Q");
      socket.getOutputStream().write(0);
      socket.getOutputStream().write(query.length);
      for (byte each : query) {
        socket.getOutputStream().write(each);
        socket.getOutputStream().flush();
      }

      byte[] reply = readFrame(new DataInputStream(socket.getInputStream()));

      assertThat(new Message(reply).getHeader().getID()).isEqualTo(0x42);
    }
  }

  @Test
  void tcp_clientThatReadsLate_getsItAllAndOthersAreServedMeanwhile() throws IOException {
    String big = "0362696707657861" + "6d706c65036f72670000100001";
    // From the cache, or a hundred of them would land at once, which is more than one may leave.
    assertThat(loopback.client().ask(bytes("0078 0100 0001 0000 0000 0000" + big), true))
        .isNotNull();
    try (Socket greedy = new Socket()) {
      greedy.setReceiveBufferSize(4096);
      greedy.connect(loopback.address());
      greedy.setSoTimeout(60_000);
      DataOutputStream out = new DataOutputStream(greedy.getOutputStream());
      ByteArrayOutputStream pipeline = new ByteArrayOutputStream();
      for (int id = 0; id < 1000; id++) {
        frame(
            new DataOutputStream(pipeline),
            bytes(String.format("%04x 0100 0001 0000 0000 0000", id) + big));
      }
      out.write(pipeline.toByteArray());

      for (int i = 0; i < 50; i++) {
        assertThat(loopback.client().ask(bytes("0077 0100 0001 0000 0000 0000 Q"), false))
            .isNotNull();
      }

      assertThat(answersUntilClosed(greedy)).isEqualTo(1000);
    }
    assertThat(loopback.daemon().status()).contains("bugs=0");
  }

  private static int answersUntilClosed(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int answers = 0;
    try {
      while (true) {
        readFrame(in);
        answers++;
      }
    } catch (EOFException | SocketException e) {
      return answers;
    }
  }

  @Test
  void tcp_idleConnection_isClosed() throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(60_000);

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void tcp_moreConnectionsThanAClientMayHold_oneIsClosedAndTheOthersServed() throws IOException {
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 129; i++) {
        held.add(connect());
      }

      int served = 0;
      for (Socket socket : held) {
        served += isServed(socket) ? 1 : 0;
      }

      assertThat(served).isEqualTo(128);
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  private static boolean isServed(Socket socket) throws IOException {
    try {
      frame(
          new DataOutputStream(socket.getOutputStream()), bytes("0042 0100 0001 0000 0000 0000 Q"));
      return readFrame(new DataInputStream(socket.getInputStream())).length > 0;
    } catch (EOFException | SocketException e) {
      return false;
    }
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket(loopback.address().getAddress(), loopback.address().getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void send(DatagramSocket socket, byte[] message) throws IOException {
    socket.send(new DatagramPacket(message, message.length, loopback.address()));
  }

  private static byte[] receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private static void frame(DataOutputStream out, byte[] message) throws IOException {
    out.writeShort(message.length);
    out.write(message);
  }

  private static byte[] readFrame(DataInputStream in) throws IOException {
    byte[] message = new byte[in.readUnsignedShort()];
    in.readFully(message);
    return message;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of()
        .parseHex(hex.replace("QQ", QUESTION + QUESTION).replace("Q", QUESTION).replace(" ", ""));
  }
}
