package io.dotp.nat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dotp.ip.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A client's flow to one of {@link NamingServers}, in the namespace of the thread that opens it.
 */
final class Talk implements AutoCloseable {
  private final Socket stream;
  private final DatagramSocket datagrams;
  private final boolean reset;

  private Talk(Socket stream, DatagramSocket datagrams, boolean reset) {
    this.stream = stream;
    this.datagrams = datagrams;
    this.reset = reset;
  }

  /**
   * Connects.
   *
   * @param reset whether the end is a reset, or orderly
   */
  @SuppressWarnings("NullAway") // one of the two is there
  static Talk stream(IpAddress address, int millis, boolean reset) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(address.toInetAddress(), NamingServers.PORT), millis);
      return new Talk(socket, null, reset);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Opens a connected socket.
   *
   * @param port of the client's side, 0 for any
   */
  @SuppressWarnings("NullAway") // one of the two is there
  static Talk datagrams(IpAddress address, int millis, int port) throws IOException {
    DatagramSocket socket = new DatagramSocket(port);
    try {
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(address.toInetAddress(), NamingServers.PORT));
      return new Talk(null, socket, false);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** The server's address in its own words. */
  String ask() throws IOException {
    byte[] question = {'?'};
    if (stream == null) {
      datagrams.send(new DatagramPacket(question, 1));
      DatagramPacket answer = new DatagramPacket(new byte[64], 64);
      datagrams.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), US_ASCII).strip();
    }
    stream.getOutputStream().write(question);
    StringBuilder line = new StringBuilder();
    int next;
    while ((next = stream.getInputStream().read()) != '\n') {
      if (next < 0) {
        throw new IOException("closed by the server");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    if (stream == null) {
      datagrams.close();
    } else {
      if (reset) {
        stream.setSoLinger(true, 0);
      }
      stream.close();
    }
  }
}
