package io.dotp.dns.upstream;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Answers {@code t<number>...} over TLS with the number as the address, in shuffled order. */
final class TagServer implements AutoCloseable {
  final AtomicInteger accepted = new AtomicInteger();

  /** IDs that were seen; read when all is answered. */
  final BitSet ids = new BitSet(65_536);

  private final Random order = new Random(17);
  private final SSLServerSocket listener;

  TagServer(KeyManagerFactory keys) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 16, InetAddress.getByName("127.0.0.1"));
    Thread thread = new Thread(this::serve, "tag-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The number in an answer. */
  static int tag(byte[] answer) {
    return ByteBuffer.wrap(answer).getInt(answer.length - 4);
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (SSLSocket connection = (SSLSocket) listener.accept()) {
        accepted.incrementAndGet();
        answerAll(connection);
      } catch (IOException e) {
        // Closed by either side, which is how every connection ends.
      }
    }
  }

  private void answerAll(SSLSocket connection) throws IOException {
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(connection.getInputStream(), 1 << 16));
    OutputStream out = new BufferedOutputStream(connection.getOutputStream(), 1 << 16);
    List<byte[]> held = new ArrayList<>();
    while (true) {
      byte[] query = new byte[in.readUnsignedShort()];
      in.readFully(query);
      ids.set((query[0] & 0xff) << 8 | query[1] & 0xff);
      int tag = Integer.parseInt(Answers.label(query).substring(1));
      byte[] address = ByteBuffer.allocate(4).putInt(tag).array();
      held.add(
          Answers.message(
              query,
              Answers.QR | Answers.RA,
              1,
              Answers.record(Answers.ownerOfQuestion(), 1, address)));
      if (in.available() == 0 || held.size() >= 64) {
        Collections.shuffle(held, order);
        for (byte[] each : held) {
          out.write(LyingUpstream.TcpTurn.framed(each));
        }
        held.clear();
        out.flush();
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
