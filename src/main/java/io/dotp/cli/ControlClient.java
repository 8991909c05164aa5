package io.dotp.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Asks the running daemon by its control socket: one request, one connection. It is as small as
 * this so that a command is done before a larger one had loaded its classes.
 */
final class ControlClient {
  private static final int LONGEST_ANSWER = 64 << 20;
  private static final int PIECE = 16_384;
  private static final String END_OF_HEADER = "\r\n\r\n";

  private final Path socket;

  /**
   * What it said.
   *
   * @param status of HTTP
   * @param body JSON
   */
  record Reply(int status, String body) {}

  ControlClient(Path socket) {
    this.socket = socket;
  }

  /**
   * Asks and waits.
   *
   * @param target path and query
   * @param silenceMillis how long it may say nothing
   * @throws IOException when nobody is there, or what is there does not answer as it should
   */
  Reply ask(String method, String target, long silenceMillis) throws IOException {
    String request =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: dotp\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    try (Selector selector = Selector.open();
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.register(selector, SelectionKey.OP_READ);
      ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      if (channel.write(out) < request.length()) {
        throw new IOException("it takes no request");
      }
      return parse(read(channel, selector, silenceMillis));
    }
  }

  private static byte[] read(SocketChannel channel, Selector selector, long silenceMillis)
      throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    while (answer.size() <= LONGEST_ANSWER) {
      if (selector.select(silenceMillis) == 0) {
        throw new SocketTimeoutException(
            "it does not answer within " + silenceMillis / 1000 + " s");
      }
      selector.selectedKeys().clear();
      int count = channel.read(piece.clear());
      if (count < 0) {
        return answer.toByteArray();
      }
      answer.write(piece.array(), 0, count);
    }
    throw new IOException("its answer does not end");
  }

  private static Reply parse(byte[] answer) throws IOException {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int end = text.indexOf(END_OF_HEADER);
    if (!text.startsWith("HTTP/1.1 ") || end < 0) {
      throw new IOException(
          answer.length == 0 ? "it hung up without an answer" : "it does not speak HTTP");
    }
    int begin = end + END_OF_HEADER.length();
    int length = answer.length - begin;
    int announced = -1;
    for (String line : text.substring(0, end).split("\r\n", -1)) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        announced = number(lower.substring("content-length:".length()));
      }
    }
    if (announced != length) {
      throw new IOException("its answer ends early");
    }
    return new Reply(
        number(text.substring("HTTP/1.1 ".length()).split("[ \r]", 2)[0]),
        new String(answer, begin, length, StandardCharsets.UTF_8));
  }

  private static int number(String text) throws IOException {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new IOException("it does not speak HTTP", e);
    }
  }
}
