package io.dotp.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Sends bytes to a Unix socket and reads what comes back. */
final class RawClient implements AutoCloseable {
  private final SocketChannel channel;

  RawClient(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
  }

  void send(byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends no more, and reads on. */
  void endInput() throws IOException {
    channel.shutdownOutput();
  }

  /** Until the other side hangs up. */
  String readAll() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer piece = ByteBuffer.allocate(8192);
    while (channel.read(piece.clear()) >= 0) {
      all.write(piece.array(), 0, piece.position());
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** Until {@code text} has come; empty when the other side hangs up before. */
  String readUntil(String text) throws IOException {
    StringBuilder all = new StringBuilder();
    ByteBuffer piece = ByteBuffer.allocate(8192);
    while (all.indexOf(text) < 0) {
      if (channel.read(piece.clear()) < 0) {
        return "";
      }
      all.append(new String(piece.array(), 0, piece.position(), StandardCharsets.UTF_8));
    }
    return all.toString();
  }

  static String ask(Path socket, String request) throws IOException {
    try (RawClient client = new RawClient(socket)) {
      client.send(request);
      return client.readAll();
    }
  }

  static String line(String method, String target) {
    return method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
