package io.dotp.e2e;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Random;

/**
 * A program that sends datagrams which are no proper queries, as fast as it can. Arguments: server,
 * number of datagrams.
 */
final class GarbageClient {
  private static final int DNS_PORT = 53;
  private static final int LONGEST = 64;

  private GarbageClient() {}

  public static void main(String[] arguments) throws IOException {
    InetAddress server = InetAddress.getByName(arguments[0]);
    Random random = new Random(1);
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
        byte[] bytes = new byte[random.nextInt(LONGEST)];
        random.nextBytes(bytes);
        socket.send(new DatagramPacket(bytes, bytes.length, server, DNS_PORT));
      }
    }
  }
}
