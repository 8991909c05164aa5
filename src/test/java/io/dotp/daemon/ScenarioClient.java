package io.dotp.daemon;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Asks the daemon as a client would, over UDP or TCP. */
final class ScenarioClient {
  /** Longer than any query may take. */
  private static final int PATIENCE_MILLIS = 6_000;

  private final InetSocketAddress server;
  private final @Nullable InetAddress own;

  ScenarioClient(InetSocketAddress server) {
    this(server, null);
  }

  /**
   * @param own address to ask from, null for any
   */
  ScenarioClient(InetSocketAddress server, @Nullable InetAddress own) {
    this.server = server;
    this.own = own;
  }

  /** The answer's bytes, null when there is none. */
  byte @Nullable [] ask(byte[] query, boolean overTcp) throws IOException {
    return overTcp ? askTcp(query) : askUdp(query);
  }

  private byte @Nullable [] askUdp(byte[] query) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, own)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.send(new DatagramPacket(query, query.length, server));
      DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
      socket.receive(answer);
      return Arrays.copyOf(answer.getData(), answer.getLength());
    } catch (SocketTimeoutException e) {
      return null;
    }
  }

  /** Shuts its sending side down after the query, as a one-shot client may. */
  private byte @Nullable [] askTcp(byte[] query) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort(), own, 0)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(query.length);
      out.write(query);
      socket.shutdownOutput();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return answer;
    } catch (SocketTimeoutException e) {
      return null;
    }
  }
}
