package io.dotp.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * A program that sends one datagram to each of many ports, and so begins as many flows. Arguments:
 * how many, addresses.
 */
final class ManyFlowsClient {
  private static final int FIRST_PORT = 1_024;

  private ManyFlowsClient() {}

  public static void main(String[] arguments) throws IOException {
    int flows = Integer.parseInt(arguments[0]);
    int addresses = arguments.length - 1;
    InetAddress[] servers = new InetAddress[addresses];
    for (int i = 0; i < addresses; i++) {
      servers[i] = InetAddress.getByName(arguments[i + 1]);
    }
    try (DatagramChannel channel = DatagramChannel.open()) {
      ByteBuffer nothing = ByteBuffer.allocate(1);
      for (int i = 0; i < flows; i++) {
        nothing.rewind();
        send(channel, nothing, servers[i % addresses], FIRST_PORT + i / addresses);
      }
    }
  }

  private static void send(
      DatagramChannel channel, ByteBuffer datagram, InetAddress server, int port)
      throws IOException {
    try {
      channel.send(datagram, new InetSocketAddress(server, port));
    } catch (PortUnreachableException e) {
      // What an earlier one met.
      datagram.rewind();
    }
  }
}
