package io.dotp.daemon;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TTL;
import org.xbill.DNS.Tokenizer;
import org.xbill.DNS.Type;

/** The upstream server of a scenario: UDP and TCP on one port of 127.0.0.1, answering as told. */
final class ScriptedUpstream implements AutoCloseable {
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Map<String, Scenario.Step> answers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private volatile byte @Nullable [] lastAnswer;
  private volatile @Nullable UnaryOperator<byte[]> rawAnswers;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  ScriptedUpstream() throws IOException {
    InetAddress local = InetAddress.getByName("127.0.0.1");
    tcp = new ServerSocket(0, 50, local);
    udp = onSamePort(local);
    start(this::serveUdp, "upstream-udp");
    start(this::serveTcp, "upstream-tcp");
  }

  /** The port of TCP may be another's for UDP, who will be gone in a moment. */
  private DatagramSocket onSamePort(InetAddress local) throws IOException {
    BindException busy = new BindException("never tried");
    for (int attempt = 0; attempt < 50; attempt++) {
      try {
        return new DatagramSocket(new InetSocketAddress(local, tcp.getLocalPort()));
      } catch (BindException e) {
        busy = e;
        LockSupport.parkNanos(100_000_000);
      }
    }
    tcp.close();
    throw busy;
  }

  private static void start(Runnable loop, String name) {
    Thread thread = new Thread(loop, name);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return udp.getLocalPort();
  }

  void answer(String question, Scenario.Step answer) {
    answers.put(question, answer);
  }

  /**
   * From now on bytes for bytes, instead of what was told.
   *
   * @param answers makes an answer of a query
   */
  void answerRaw(UnaryOperator<byte[]> answers) {
    rawAnswers = answers;
  }

  /** No answer leaves before {@code open} is counted down. */
  void hold(CountDownLatch open) {
    gate = open;
  }

  int asked(String question) {
    AtomicInteger count = asked.get(question);
    return count == null ? 0 : count.get();
  }

  /** The bytes of the newest answer. */
  byte @Nullable [] lastAnswer() {
    return lastAnswer;
  }

  static String question(String name, String type) {
    String absolute = name.endsWith(".") ? name : name + ".";
    return absolute.toLowerCase(Locale.ROOT) + " " + type.toUpperCase(Locale.ROOT);
  }

  private void serveUdp() {
    byte[] buffer = new byte[65_535];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] query = Arrays.copyOf(buffer, packet.getLength());
        byte[] answer = answer(query, true);
        if (answer != null) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (SocketException e) {
      // Closed: the scenario is over.
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket socket = tcp.accept();
          DataInputStream in = new DataInputStream(socket.getInputStream());
          DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        byte[] answer = answer(query, false);
        if (answer != null) {
          byte[] framed = new byte[answer.length + 2];
          framed[0] = (byte) (answer.length >> 8);
          framed[1] = (byte) answer.length;
          System.arraycopy(answer, 0, framed, 2, answer.length);
          out.write(framed);
          in.read();
        }
      } catch (IOException e) {
        // One connection less, or the scenario is over: the loop's condition tells.
      }
    }
  }

  private byte @Nullable [] answer(byte[] bytes, boolean overUdp) throws IOException {
    UnaryOperator<byte[]> raw = rawAnswers;
    if (raw != null) {
      return raw.apply(bytes);
    }
    Message query = new Message(bytes);
    Record asking = query.getQuestion();
    String question = question(asking.getName().toString(), Type.string(asking.getType()));
    asked.computeIfAbsent(question, key -> new AtomicInteger()).incrementAndGet();
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Scenario.Step told = answers.get(question);
    if (told == null || told.detail("RCODE").contains("SILENT")) {
      return null;
    }
    byte[] answer = build(query, told, overUdp);
    lastAnswer = answer;
    return answer;
  }

  private static byte[] build(Message query, Scenario.Step told, boolean overUdp)
      throws IOException {
    Message response = new Message(query.getHeader().getID());
    response.getHeader().setFlag(Flags.QR);
    response.getHeader().setFlag(Flags.RD);
    response.getHeader().setFlag(Flags.RA);
    for (String rcode : told.detail("RCODE")) {
      response.getHeader().setRcode(Rcode.value(rcode));
    }
    boolean cut = overUdp && told.detail("HEADER").contains("TC");
    for (String flag : told.detail("HEADER")) {
      if (!flag.equals("TC") || cut) {
        response.getHeader().setFlag(Flags.value(flag));
      }
    }
    response.addRecord(query.getQuestion(), Section.QUESTION);
    if (!cut) {
      addSection(response, told, "ANSWER", Section.ANSWER);
      addSection(response, told, "AUTHORITY", Section.AUTHORITY);
      addSection(response, told, "ADDITIONAL", Section.ADDITIONAL);
    }
    if (query.getOPT() != null) {
      response.addRecord(new OPTRecord(1232, 0, 0, query.getOPT().getFlags()), Section.ADDITIONAL);
    }
    return response.toWire();
  }

  private static void addSection(Message message, Scenario.Step told, String name, int section)
      throws IOException {
    for (String text : told.records(name)) {
      message.addRecord(record(text), section);
    }
  }

  /** Reads {@code owner ttl IN type rdata}. */
  static Record record(String text) throws IOException {
    String[] words = text.split(" ", 5);
    return Record.fromString(
        Name.fromString(words[0], Name.root),
        Type.value(words[3]),
        DClass.IN,
        TTL.parseTTL(words[1]),
        new Tokenizer(words[4]),
        Name.root);
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
