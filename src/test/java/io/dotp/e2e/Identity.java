package io.dotp.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A TCP connection to a server of the lab, which begins by saying on which address it was reached.
 */
final class Identity implements AutoCloseable {
  private final Socket socket;
  private final String real;

  private Identity(Socket socket, String real) {
    this.socket = socket;
    this.real = real;
  }

  static Identity of(InetAddress address, int timeoutMillis) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(timeoutMillis);
      socket.connect(new InetSocketAddress(address, Agent.HELLO_PORT), timeoutMillis);
      String line = readLine(socket);
      int begin = line.indexOf("real=") + "real=".length();
      return new Identity(socket, line.substring(begin, line.indexOf(' ', begin)));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The server's address in its own words. */
  String real() {
    return real;
  }

  /** Sends a line and waits for it to come back. */
  void echo(String text) throws IOException {
    socket.getOutputStream().write((text + "\n").getBytes(StandardCharsets.US_ASCII));
    String back = readLine(socket);
    if (!back.equals(text)) {
      throw new IOException("sent " + text + ", got " + back);
    }
  }

  private static String readLine(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = socket.getInputStream().read()) != '\n') {
      if (next < 0) {
        throw new IOException("closed by the server");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    // Reset instead of waiting out TIME_WAIT: thousands of these follow one another.
    socket.setSoLinger(true, 0);
    socket.close();
  }
}
