package io.dotp.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that opens TCP connections, sends nothing, and holds them until its input ends.
 * Arguments: server, number of connections. Prints a {@link Tally}, connected and refused, when all
 * are open.
 */
final class CrowdClient {
  private static final int DNS_PORT = 53;
  private static final int CONNECT_MILLIS = 10_000;

  private CrowdClient() {}

  public static void main(String[] arguments) throws IOException {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getByName(arguments[0]), DNS_PORT);
    List<Socket> held = new ArrayList<>();
    Tally tally = new Tally();
    for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
      Socket socket = new Socket();
      held.add(socket);
      try {
        socket.connect(server, CONNECT_MILLIS);
        tally.count("connected");
      } catch (IOException e) {
        tally.count("refused");
      }
    }
    System.out.println(tally);
    while (System.in.read() >= 0) {
      // Until nobody needs the crowd any more.
    }
    for (Socket socket : held) {
      socket.close();
    }
  }
}
