package io.dotp.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** TCP as RFC 7766 describes it, under clients that mean well and others. */
class TcpServiceTest {
  private static final int PATIENCE_MILLIS = 30_000;

  @TempDir static Path stateDir;
  private static LoopbackDaemon loopback;

  @BeforeAll
  static void start() throws Exception {
    loopback = new LoopbackDaemon(List.of("-d", "example.com", "-4", "198.18.0.0/20"), stateDir);
    tell("fast.example.org", "ANSWER", "fast.example.org. 300 IN A 203.0.113.10");
    tell("slow.example.org", "RCODE", "SILENT");
    tell("patient.example.org", "RCODE", "SILENT");
  }

  private static void tell(String name, String key, String value) {
    Map<String, List<String>> details = new LinkedHashMap<>();
    details.put(key, List.of(value));
    loopback
        .upstream()
        .answer(
            ScriptedUpstream.question(name, "A"),
            new Scenario.Step(0, "UPSTREAM", List.of(), details));
  }

  @AfterAll
  static void stop() throws IOException {
    loopback.close();
  }

  /**
   * RFC 7766 section 6.2.1.1: "a server SHOULD process TCP queries concurrently and send individual
   * responses as soon as they are available, possibly out of order".
   */
  @Test
  void pipeline_slowNameFirst_doesNotHoldBackTheFastOnes() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      send(socket, query(1, "slow.example.org"));
      send(socket, query(2, "fast.example.org"));
      send(socket, query(3, "fast.example.org"));

      Message first = read(socket);
      Message second = read(socket);
      Message third = read(socket);

      assertThat(Set.of(first.getHeader().getID(), second.getHeader().getID()))
          .containsExactlyInAnyOrder(2, 3);
      assertThat(third.getHeader().getID()).isEqualTo(1);
      assertThat(Rcode.string(third.getRcode())).isEqualTo("SERVFAIL");
    }
  }

  @Test
  void pipeline_moreThanAreAnsweredAtOnceThenHalfClosed_allAreAnswered() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      socket.getOutputStream().write(pipeline(900));
      socket.shutdownOutput();

      Set<Integer> ids = new HashSet<>();
      for (int i = 0; i < 900; i++) {
        ids.add(read(socket).getHeader().getID());
      }

      assertThat(ids).hasSize(900);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  /** The end is an orderly one, not a reset that might take answers with it. */
  @Test
  void pipeline_moreThanAConnectionMayAsk_endsAfterTheLastAnswer() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      Thread writer = new Thread(() -> writeUntilClosed(socket), "pipeline");
      writer.setDaemon(true);
      writer.start();

      Set<Integer> ids = new HashSet<>();
      for (int i = 0; i < 1_000; i++) {
        ids.add(read(socket).getHeader().getID());
      }

      assertThat(ids).hasSize(1_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(loopback.daemon().status()).contains("bugs=0");
  }

  private static void writeUntilClosed(Socket socket) {
    try {
      byte[] block = pipeline(1_000);
      for (int i = 0; i < 100; i++) {
        socket.getOutputStream().write(block);
      }
    } catch (IOException e) {
      // The other side has had enough, which is what the test is about.
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.2"})
  void idleConnections_threeHundredOfOneClient_keepNobodyOut(String newcomer) throws IOException {
    List<Socket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        held.add(connect("127.0.0.1"));
      }

      try (Socket socket = connect(newcomer)) {
        send(socket, query(7, "fast.example.org"));

        assertThat(read(socket).getHeader().getID()).isEqualTo(7);
      }
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  /** Who waits for an answer is no idle client, however long the others have been there. */
  @Test
  void idleConnections_newcomersWhileOneWaits_theWaitingOneIsNotClosed() throws IOException {
    List<Socket> held = new ArrayList<>();
    try (Socket waiting = connect("127.0.0.3")) {
      send(waiting, query(2, "patient.example.org"));
      awaitAsked("patient.example.org");
      for (int i = 0; i < 300; i++) {
        held.add(connect("127.0.0.3"));
      }

      assertThat(read(waiting).getHeader().getID()).isEqualTo(2);
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  private static void awaitAsked(String name) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (loopback.upstream().asked(ScriptedUpstream.question(name, "A")) == 0) {
      assertThat(System.nanoTime() - deadline).as("waiting for the upstream's turn").isNegative();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** One message of no length: a client that sends what is no query is not kept. */
  @Test
  void message_thatIsNoQuery_endsTheConnection() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      socket.getOutputStream().write(new byte[] {0, 0});

      assertThat(endsWithoutAnAnswer(socket)).isTrue();
    }
  }

  private static boolean endsWithoutAnAnswer(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketException e) {
      return true;
    }
  }

  private static Socket connect(String from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
    socket.connect(loopback.address(), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static byte[] query(int id, String name) throws IOException {
    Message query = new Message(id);
    query.getHeader().setFlag(Flags.RD);
    query.addRecord(
        Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN), Section.QUESTION);
    return query.toWire();
  }

  private static byte[] pipeline(int queries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    for (int id = 0; id < queries; id++) {
      byte[] query = query(id, "fast.example.org");
      out.writeShort(query.length);
      out.write(query);
    }
    return bytes.toByteArray();
  }

  private static void send(Socket socket, byte[] message) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    out.writeShort(message.length);
    out.write(message);
  }

  private static Message read(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    byte[] message = new byte[in.readUnsignedShort()];
    in.readFully(message);
    return new Message(message);
  }
}
