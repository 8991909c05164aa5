package io.dotp.dns.upstream;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A DNS server on UDP and TCP that answers as told: a script per first label and transport, and the
 * sound answer where there is no script.
 */
final class LyingUpstream implements AutoCloseable {
  /** What happens to a query over UDP. */
  interface UdpScript {
    void run(UdpTurn turn) throws IOException;
  }

  /** What happens to a query over TCP. */
  interface TcpScript {
    void run(TcpTurn turn) throws IOException;
  }

  /** A query as it was seen. */
  record Seen(String label, boolean tcp, InetSocketAddress source, int id, String hex) {
    byte[] message() {
      return HexFormat.of().parseHex(hex);
    }
  }

  /** One query over UDP. */
  final class UdpTurn {
    final byte[] query;

    /** How many queries of this label came over UDP, this one included. */
    final int count;

    private final InetSocketAddress client;

    private UdpTurn(byte[] query, InetSocketAddress client, int count) {
      this.query = query;
      this.client = client;
      this.count = count;
    }

    void reply(byte[] message) throws IOException {
      udp.send(new DatagramPacket(message, message.length, client));
    }

    void replyFrom(InetSocketAddress source, byte[] message) throws IOException {
      try (DatagramSocket other = new DatagramSocket(source)) {
        other.send(new DatagramPacket(message, message.length, client));
      }
    }
  }

  /** One query over TCP. */
  static final class TcpTurn {
    final byte[] query;
    final Socket connection;

    private TcpTurn(byte[] query, Socket connection) {
      this.query = query;
      this.connection = connection;
    }

    void reply(byte[] message) throws IOException {
      write(framed(message));
    }

    void write(byte[] bytes) throws IOException {
      connection.getOutputStream().write(bytes);
      connection.getOutputStream().flush();
    }

    static byte[] framed(byte[] message) {
      byte[] length = {(byte) (message.length >> 8), (byte) message.length};
      return Answers.concat(length, message);
    }
  }

  private final Thread acceptor;
  final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
  final AtomicInteger accepted = new AtomicInteger();
  private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
  private final Map<String, UdpScript> udpScripts = new ConcurrentHashMap<>();
  private final Map<String, TcpScript> tcpScripts = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
  private final DatagramSocket udp;
  private final ServerSocket tcp;

  private LyingUpstream(DatagramSocket udp, ServerSocket tcp) {
    this.udp = udp;
    this.tcp = tcp;
    start("lying-udp", this::serveUdp);
    acceptor = start("lying-tcp", this::serveTcp);
  }

  static LyingUpstream on(String address) throws IOException {
    return on(address, 0);
  }

  /** Its TCP side speaks TLS. */
  static LyingUpstream tls(String address, KeyManagerFactory keys, String... protocols)
      throws Exception {
    return tls(address, 0, keys, protocols);
  }

  static LyingUpstream tls(String address, int port, KeyManagerFactory keys, String... protocols)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    InetAddress local = InetAddress.getByName(address);
    SSLServerSocket tcp =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, 128, local);
    if (protocols.length > 0) {
      tcp.setEnabledProtocols(protocols);
    }
    return new LyingUpstream(new DatagramSocket(new InetSocketAddress(local, 0)), tcp);
  }

  /**
   * @param port 0 for one that is free; it is none of those that the kernel gives to clients, so
   *     that nobody has it when a test wants it again on another address
   */
  static LyingUpstream on(String address, int port) throws IOException {
    InetAddress local = InetAddress.getByName(address);
    for (int tries = 0; ; tries++) {
      int chosen = port == 0 ? ThreadLocalRandom.current().nextInt(10_000, 32_000) : port;
      DatagramSocket udp = null;
      try {
        udp = new DatagramSocket(new InetSocketAddress(local, chosen));
        udp.setReceiveBufferSize(1 << 20);
        return new LyingUpstream(udp, new ServerSocket(chosen, 128, local));
      } catch (BindException e) {
        if (udp != null) {
          udp.close();
        }
        if (port != 0 || tries == 50) {
          throw e;
        }
      }
    }
  }

  int port() {
    return tcp.getLocalPort();
  }

  LyingUpstream udp(String label, UdpScript script) {
    udpScripts.put(label, script);
    return this;
  }

  LyingUpstream tcp(String label, TcpScript script) {
    tcpScripts.put(label, script);
    return this;
  }

  /** Truncated over UDP, so that the query comes over TCP, and this there. */
  LyingUpstream truncatedThen(String label, TcpScript script) {
    return udp(label, turn -> turn.reply(Answers.truncated(turn.query))).tcp(label, script);
  }

  List<Seen> seen(String label, boolean overTcp) {
    return seen.stream()
        .filter(each -> each.label().equals(label) && each.tcp() == overTcp)
        .collect(Collectors.toList());
  }

  private static Thread start(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void serveUdp() {
    byte[] buffer = new byte[65_535];
    while (!udp.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        udp.receive(packet);
        InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
        byte[] query = Arrays.copyOf(buffer, packet.getLength());
        String label = note(query, false, client);
        int count = counts.computeIfAbsent(label, each -> new AtomicInteger()).incrementAndGet();
        udpScripts
            .getOrDefault(label, turn -> turn.reply(Answers.good(turn.query)))
            .run(new UdpTurn(query, client, count));
      } catch (IOException e) {
        if (!udp.isClosed() && !(e instanceof java.net.PortUnreachableException)) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket connection = tcp.accept();
        accepted.incrementAndGet();
        connections.add(connection);
        start("lying-connection", () -> serveConnection(connection));
      } catch (IOException e) {
        if (!tcp.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Ends when either side has closed. */
  private void serveConnection(Socket connection) {
    try (connection) {
      connection.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(connection.getInputStream());
      while (true) {
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        String label = note(query, true, (InetSocketAddress) connection.getRemoteSocketAddress());
        tcpScripts
            .getOrDefault(label, turn -> turn.reply(Answers.good(turn.query)))
            .run(new TcpTurn(query, connection));
      }
    } catch (IOException e) {
      connections.remove(connection);
    }
  }

  private String note(byte[] query, boolean overTcp, InetSocketAddress source) {
    String label = Answers.label(query);
    int id = (query[0] & 0xff) << 8 | query[1] & 0xff;
    seen.add(new Seen(label, overTcp, source, id, HexFormat.of().formatHex(query)));
    return label;
  }

  /** Connections that neither side has closed. */
  int openConnections() {
    return connections.size();
  }

  /** Closes what was accepted, as a server does with idle connections. */
  void closeConnections() throws IOException {
    for (Socket each : connections) {
      each.close();
    }
  }

  /**
   * Nobody is accepted any more when this returns: a thread that waits in accept keeps the socket.
   */
  void closeTcpListener() throws IOException {
    tcp.close();
    try {
      acceptor.join(30_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
    closeConnections();
  }
}
