package io.dotp.e2e;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * A program inside a namespace that opens sockets for a test outside of it: reads one command a
 * line from standard input and answers each with one line.
 *
 * <ul>
 *   <li>{@code send ID ADDRESS PORT HEX} sends a datagram from a new socket
 *   <li>{@code receive ID MILLIS} gives its answer as hex and closes the socket
 *   <li>{@code stream ADDRESS PORT HEX MILLIS} one DNS message over TCP, and the answer
 *   <li>{@code hello ADDRESS} TCP to the identifying port: what the server says
 *   <li>{@code open ID ADDRESS} the same, and the connection stays
 *   <li>{@code echo ID TEXT} sends a line over it and gives what comes back
 *   <li>{@code close ID}
 * </ul>
 *
 * Answers: {@code ok TEXT} or {@code error WHAT}, where WHAT is the kernel's word for it.
 */
final class Agent {
  static final int HELLO_PORT = 7777;
  private static final int CONNECT_MILLIS = 10_000;

  private final Map<String, DatagramSocket> datagrams = new HashMap<>();
  private final Map<String, Socket> streams = new HashMap<>();

  private Agent() {}

  public static void main(String[] arguments) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    Agent agent = new Agent();
    String line;
    while ((line = in.readLine()) != null) {
      System.out.println(agent.obey(line));
      System.out.flush();
    }
  }

  private String obey(String line) {
    String[] words = line.split(" ", 5);
    try {
      return "ok "
          + switch (words[0]) {
            case "send" -> send(words[1], words[2], Integer.parseInt(words[3]), words[4]);
            case "receive" -> receive(words[1], Integer.parseInt(words[2]));
            case "stream" -> stream(words[1], Integer.parseInt(words[2]), words[3], words[4]);
            case "hello" -> hello(words[1]);
            case "open" -> open(words[1], words[2]);
            case "echo" -> echo(words[1], words[2]);
            case "close" -> close(words[1]);
            default -> throw new IOException("no such command " + words[0]);
          };
    } catch (IOException e) {
      return "error " + name(e);
    }
  }

  /** The same words for IPv4 and IPv6, TCP and UDP, whatever class the JDK wraps them in. */
  private static String name(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof SocketTimeoutException) {
      return "ETIMEDOUT";
    }
    if (message.contains("refused") || e instanceof java.net.PortUnreachableException) {
      return "ECONNREFUSED";
    }
    if (message.contains("No route to host")) {
      return "EHOSTUNREACH";
    }
    if (message.contains("Permission denied")) {
      return "EACCES";
    }
    if (e instanceof ConnectException && message.contains("timed out")) {
      return "ETIMEDOUT";
    }
    return e.toString();
  }

  private String send(String id, String address, int port, String hex) throws IOException {
    DatagramSocket socket = new DatagramSocket();
    datagrams.put(id, socket);
    byte[] bytes = HexFormat.of().parseHex(hex);
    socket.connect(InetAddress.getByName(address), port);
    socket.send(new DatagramPacket(bytes, bytes.length));
    return "sent";
  }

  private String receive(String id, int millis) throws IOException {
    try (DatagramSocket socket = Objects.requireNonNull(datagrams.remove(id))) {
      socket.setSoTimeout(millis);
      byte[] bytes = new byte[65_535];
      DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
      socket.receive(packet);
      return HexFormat.of().formatHex(bytes, 0, packet.getLength());
    }
  }

  private static String stream(String address, int port, String hex, String millis)
      throws IOException {
    byte[] message = HexFormat.of().parseHex(hex);
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(Integer.parseInt(millis));
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      byte[] framed = new byte[message.length + 2];
      framed[0] = (byte) (message.length >> 8);
      framed[1] = (byte) message.length;
      System.arraycopy(message, 0, framed, 2, message.length);
      socket.getOutputStream().write(framed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return HexFormat.of().formatHex(answer);
    }
  }

  private static String hello(String address) throws IOException {
    try (Socket socket = connect(address)) {
      return readLine(socket);
    }
  }

  private String open(String id, String address) throws IOException {
    Socket socket = connect(address);
    streams.put(id, socket);
    return readLine(socket);
  }

  private String echo(String id, String text) throws IOException {
    Socket socket = Objects.requireNonNull(streams.get(id));
    socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
    return readLine(socket);
  }

  private String close(String id) throws IOException {
    Objects.requireNonNull(streams.remove(id)).close();
    return "closed";
  }

  private static Socket connect(String address) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(CONNECT_MILLIS);
      socket.connect(new InetSocketAddress(address, HELLO_PORT), CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Byte by byte: nothing that comes later may be swallowed. */
  private static String readLine(Socket socket) throws IOException {
    byte[] line = new byte[512];
    int length = 0;
    while (length < line.length) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed by the server");
      }
      if (next == '\n') {
        break;
      }
      line[length++] = (byte) next;
    }
    return new String(Arrays.copyOf(line, length), StandardCharsets.US_ASCII);
  }
}
