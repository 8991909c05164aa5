package io.dotp.lists.fetch;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Serves HTTP as told, byte by byte if need be: a script for each path, 404 without one. */
final class ListServer implements AutoCloseable {
  /** Writes an answer; the connection ends with it. */
  interface Script {
    void run(OutputStream out) throws IOException;
  }

  /** Header lines of every request, as they came. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final ServerSocket listener;
  private final boolean secure;

  /**
   * @param keys for https, null for http
   */
  ListServer(@Nullable KeyManagerFactory keys) throws Exception {
    secure = keys != null;
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    if (keys == null) {
      listener = new ServerSocket(0, 50, loopback);
    } else {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      listener = context.getServerSocketFactory().createServerSocket(0, 50, loopback);
    }
    daemon(this::accept);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "list-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connections.add(connection);
        daemon(() -> serve(connection));
      } catch (IOException e) {
        // Closed, or a client that was gone again.
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      StringBuilder header = new StringBuilder();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        header.append(line).append('\n');
      }
      if (header.length() == 0) {
        return;
      }
      requests.add(header.toString());
      String path = header.toString().split(" ", 3)[1];
      Script script =
          scripts.getOrDefault(path, out -> text(out, "HTTP/1.1 404 Not Found\r\n\r\n"));
      script.run(connection.getOutputStream());
      connection.getOutputStream().flush();
    } catch (IOException e) {
      // The client has hung up, which is what some tests are about.
    }
  }

  /** What {@code path} is answered with from now on. */
  void on(String path, Script script) {
    scripts.put(path, script);
  }

  /** A whole list. */
  void list(String path, String headers, byte[] body) {
    on(
        path,
        out -> {
          text(
              out, "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n");
          out.write(body);
        });
  }

  void redirect(String path, String location) {
    on(
        path,
        out ->
            text(
                out,
                "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n"));
  }

  static void text(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  String url(String path) {
    return (secure ? "https" : "http") + "://lists.example:" + listener.getLocalPort() + path;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : connections) {
      each.close();
    }
  }
}
