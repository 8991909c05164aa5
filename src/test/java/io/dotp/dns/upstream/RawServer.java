package io.dotp.dns.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Says the same bytes on every connection, whatever it is told, and keeps it open. */
final class RawServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
  private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
  private final byte[] greeting;

  RawServer(String greeting) throws IOException {
    this.greeting = greeting.getBytes(StandardCharsets.ISO_8859_1);
    Thread thread = new Thread(this::serve, "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    try {
      while (true) {
        Socket connection = listener.accept();
        connections.add(connection);
        connection.getOutputStream().write(greeting);
      }
    } catch (IOException e) {
      // Closed: there is nothing more to serve.
      return;
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : connections) {
      each.close();
    }
  }
}
