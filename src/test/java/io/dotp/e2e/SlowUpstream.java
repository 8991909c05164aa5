package io.dotp.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A program that passes DNS datagrams on to a server and its answers back, late. Arguments: address
 * to listen on, server, delay in milliseconds.
 */
final class SlowUpstream {
  private static final int DNS_PORT = 53;

  private SlowUpstream() {}

  public static void main(String[] arguments) throws IOException {
    InetAddress server = InetAddress.getByName(arguments[1]);
    long delay = Long.parseLong(arguments[2]);
    ScheduledExecutorService late = Executors.newScheduledThreadPool(4);
    DatagramSocket listener = new DatagramSocket(new InetSocketAddress(arguments[0], DNS_PORT));
    while (true) {
      DatagramPacket query = new DatagramPacket(new byte[4096], 4096);
      listener.receive(query);
      byte[] bytes = Arrays.copyOf(query.getData(), query.getLength());
      SocketAddress asker = query.getSocketAddress();
      var unused =
          late.schedule(() -> answer(listener, asker, server, bytes), delay, TimeUnit.MILLISECONDS);
    }
  }

  private static void answer(
      DatagramSocket listener, SocketAddress asker, InetAddress server, byte[] query) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(2_000);
      socket.connect(server, DNS_PORT);
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
      socket.receive(answer);
      listener.send(new DatagramPacket(answer.getData(), answer.getLength(), asker));
    } catch (IOException e) {
      System.err.println("slow upstream: " + e);
    }
  }
}
