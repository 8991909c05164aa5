package io.dotp.net;

import io.dotp.metrics.DatagramMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** One loop, sockets under test on it, and clients of the JDK's. Ends everything that it made. */
final class DatagramRig implements AutoCloseable {
  static final DatagramOptions USUAL = new DatagramOptions(false, 4096, 4 << 20, 0);
  private static final int MILLIS = 20_000;

  final DatagramMetrics metrics = new DatagramMetrics();
  final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  final Queue<ByteBuf> buffers = new ConcurrentLinkedQueue<>();
  private final EventLoops loops = new EventLoops(1);
  private final List<ControlDatagramSocket> sockets = new ArrayList<>();
  private final List<DatagramSocket> clients = new ArrayList<>();

  /** What the handler saw. */
  record Received(int length, InetSocketAddress source, LocalAddress destination) {}

  EventLoop loop() {
    return loops.all().get(0);
  }

  /** Opens a socket that returns every datagram to its sender. */
  ControlDatagramSocket echo(String address, DatagramOptions options) {
    return open(
        address,
        options,
        (socket, payload, source, destination) -> {
          received.add(new Received(payload.readableBytes(), source, destination));
          buffers.add(payload);
          socket.send(payload, source, destination);
        });
  }

  ControlDatagramSocket open(
      String address, DatagramOptions options, ControlDatagramSocket.Handler handler) {
    ControlDatagramSocket.Opening opening = tryOpen(address, 0, options, handler);
    if (opening instanceof ControlDatagramSocket.Opening.Opened opened) {
      sockets.add(opened.socket());
      opened.socket().ready().syncUninterruptibly();
      return opened.socket();
    }
    throw new AssertionError(opening.toString());
  }

  ControlDatagramSocket.Opening tryOpen(
      String address, int port, DatagramOptions options, ControlDatagramSocket.Handler handler) {
    return ControlDatagramSocket.open(
        loop(), new InetSocketAddress(inet(address), port), options, handler, metrics);
  }

  /** A client that takes answers only from whom it asked. */
  Client client(ControlDatagramSocket server, String asked) {
    try {
      DatagramSocket socket = new DatagramSocket(null);
      clients.add(socket);
      socket.setReceiveBufferSize(4 << 20);
      socket.bind(null);
      socket.setSoTimeout(MILLIS);
      socket.connect(inet(asked), server.localAddress().getPort());
      return new Client(socket);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** One that asks. */
  record Client(DatagramSocket socket) {
    void send(byte[] bytes) throws IOException {
      socket.send(new DatagramPacket(bytes, bytes.length));
    }

    byte[] receive() throws IOException {
      byte[] buffer = new byte[65_536];
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      socket.receive(packet);
      return java.util.Arrays.copyOf(buffer, packet.getLength());
    }
  }

  Received awaitReceived() throws InterruptedException {
    Received next = received.poll(MILLIS, TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("nothing was received");
    }
    return next;
  }

  void onLoop(Runnable task) {
    loop().submit(task).syncUninterruptibly();
  }

  static void until(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MILLIS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("never: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  static InetAddress inet(String literal) {
    return java.util.Objects.requireNonNull(io.dotp.ip.IpAddress.parse(literal)).toInetAddress();
  }

  @Override
  public void close() {
    clients.forEach(DatagramSocket::close);
    sockets.forEach(socket -> socket.close().awaitUninterruptibly());
    loops.close();
  }
}
