package io.dotp.daemon;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Passes datagrams on to a server, and the answers back, with a socket for every query. */
final class CountingRelay implements AutoCloseable {
  private static final int LARGEST = 4096;

  private final DatagramSocket front = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
  private final Queue<DatagramSocket> backs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queries = new AtomicInteger();
  private volatile @Nullable InetSocketAddress server;

  CountingRelay() throws IOException {
    start(this::relay);
  }

  int port() {
    return front.getLocalPort();
  }

  /** How many queries went through. */
  int queries() {
    return queries.get();
  }

  void leadsTo(InetSocketAddress address) {
    server = address;
  }

  private static void start(Runnable body) {
    Thread thread = new Thread(body, "counting-relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void relay() {
    try {
      while (true) {
        DatagramPacket query = receive(front);
        queries.incrementAndGet();
        InetSocketAddress target = server;
        if (target != null) {
          DatagramSocket back = new DatagramSocket();
          backs.add(back);
          SocketAddress client = query.getSocketAddress();
          back.send(new DatagramPacket(query.getData(), query.getLength(), target));
          start(() -> answer(back, client));
        }
      }
    } catch (IOException e) {
      // Closed: there is nothing more to relay.
      return;
    }
  }

  private void answer(DatagramSocket back, SocketAddress client) {
    try {
      while (true) {
        DatagramPacket answer = receive(back);
        front.send(new DatagramPacket(answer.getData(), answer.getLength(), client));
      }
    } catch (IOException e) {
      // Closed: nobody waits for more.
      return;
    }
  }

  private static DatagramPacket receive(DatagramSocket socket) throws IOException {
    byte[] buffer = new byte[LARGEST];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    socket.receive(packet);
    packet.setData(Arrays.copyOf(buffer, packet.getLength()));
    return packet;
  }

  @Override
  public void close() {
    front.close();
    backs.forEach(DatagramSocket::close);
  }
}
