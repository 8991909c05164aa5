package io.dotp.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A program that sends many queries to one server and writes down the answers as they came.
 * Arguments: server, port, file of queries, file for the answers, threads.
 *
 * <p>A query is a line {@code udp HEX} or {@code tcp HEX}; its answer is the line of the same
 * number: hex, or {@code none}.
 */
final class BulkClient {
  private static final int PATIENCE_MILLIS = 10_000;

  private final InetSocketAddress server;
  private final List<String> queries;
  private final String[] answers;
  private final AtomicInteger next = new AtomicInteger();

  private BulkClient(InetSocketAddress server, List<String> queries) {
    this.server = server;
    this.queries = queries;
    this.answers = new String[queries.size()];
  }

  public static void main(String[] arguments) throws Exception {
    BulkClient client =
        new BulkClient(
            new InetSocketAddress(
                InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1])),
            Files.readAllLines(Path.of(arguments[2])));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(arguments[4]); i++) {
      Thread thread = new Thread(client::work, "bulk-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Files.write(Path.of(arguments[3]), List.of(client.answers), StandardCharsets.US_ASCII);
  }

  private void work() {
    try (Connection connection = new Connection(server)) {
      int turn;
      while ((turn = next.getAndIncrement()) < answers.length) {
        String query = queries.get(turn);
        byte[] bytes = HexFormat.of().parseHex(query.substring(4));
        byte[] answer =
            query.startsWith("tcp") ? connection.overTcp(bytes) : connection.overUdp(bytes);
        answers[turn] = answer == null ? "none" : HexFormat.of().formatHex(answer);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** One thread's sockets, kept from query to query. */
  private static final class Connection implements AutoCloseable {
    private final InetSocketAddress server;
    private final DatagramSocket datagrams = new DatagramSocket();
    private final byte[] buffer = new byte[65_535];
    private @Nullable Socket stream;

    Connection(InetSocketAddress server) throws IOException {
      this.server = server;
      datagrams.connect(server);
      datagrams.setSoTimeout(PATIENCE_MILLIS);
    }

    byte @Nullable [] overUdp(byte[] query) throws IOException {
      try {
        datagrams.send(new DatagramPacket(query, query.length));
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        do {
          packet.setLength(buffer.length);
          datagrams.receive(packet);
        } while (buffer[0] != query[0] || buffer[1] != query[1]);
        return java.util.Arrays.copyOf(buffer, packet.getLength());
      } catch (SocketTimeoutException e) {
        return null;
      }
    }

    /** A server may close a connection whenever it likes; then there is a second try. */
    byte @Nullable [] overTcp(byte[] query) throws IOException {
      for (int attempt = 0; attempt < 3; attempt++) {
        try {
          Socket socket = stream;
          if (socket == null) {
            socket = new Socket();
            stream = socket;
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            socket.connect(server, PATIENCE_MILLIS);
          }
          return exchange(socket, query);
        } catch (SocketTimeoutException e) {
          drop();
          return null;
        } catch (IOException e) {
          drop();
        }
      }
      return null;
    }

    private static byte[] exchange(Socket socket, byte[] query) throws IOException {
      byte[] framed = new byte[query.length + 2];
      framed[0] = (byte) (query.length >> 8);
      framed[1] = (byte) query.length;
      System.arraycopy(query, 0, framed, 2, query.length);
      socket.getOutputStream().write(framed);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return answer;
    }

    private void drop() throws IOException {
      Socket socket = stream;
      stream = null;
      if (socket != null) {
        socket.close();
      }
    }

    @Override
    public void close() throws IOException {
      datagrams.close();
      drop();
    }
  }
}
