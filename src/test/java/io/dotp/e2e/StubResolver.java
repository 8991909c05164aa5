package io.dotp.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Asks for one address at a time over UDP, with nothing but the JDK. Thread: one. */
final class StubResolver implements AutoCloseable {
  private static final int DNS_PORT = 53;
  private static final int TYPE_A = 1;
  private static final int TYPE_AAAA = 28;

  private final DatagramSocket socket;
  private final byte[] buffer = new byte[4096];
  private final int timeoutMillis;
  private int id;

  StubResolver(InetAddress server, int timeoutMillis) throws IOException {
    this.timeoutMillis = timeoutMillis;
    this.socket = new DatagramSocket();
    socket.connect(server, DNS_PORT);
  }

  /**
   * What came of a question.
   *
   * @param rcode of the answer, -1 when none came
   * @param address of the first record of the type asked for
   */
  record Outcome(int rcode, @Nullable InetAddress address) {
    static final Outcome LOST = new Outcome(-1, null);
  }

  Outcome ask(String name, boolean ipv6) throws IOException {
    id = (id + 1) & 0xffff;
    byte[] query = query(name, ipv6 ? TYPE_AAAA : TYPE_A);
    socket.setSoTimeout(timeoutMillis);
    try {
      socket.send(new DatagramPacket(query, query.length));
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      do {
        packet.setLength(buffer.length);
        socket.receive(packet);
        // An answer to an earlier question, which was given up.
      } while (((buffer[0] & 0xff) << 8 | buffer[1] & 0xff) != id);
      return parse(packet.getLength(), ipv6);
    } catch (SocketTimeoutException | java.net.PortUnreachableException e) {
      return Outcome.LOST;
    }
  }

  private byte[] query(String name, int type) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(12)
            .putShort((short) id)
            .putShort((short) 0x0100)
            .putShort((short) 1)
            .array());
    for (String label : name.split("\\.", -1)) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.write(0);
    out.writeBytes(ByteBuffer.allocate(4).putShort((short) type).putShort((short) 1).array());
    return out.toByteArray();
  }

  private Outcome parse(int length, boolean ipv6) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(buffer, 0, length);
    int rcode = in.get(3) & 15;
    int answers = in.getShort(6);
    int at = afterName(in, 12) + 4;
    for (int i = 0; i < answers; i++) {
      at = afterName(in, at);
      int type = in.getShort(at);
      int size = in.getShort(at + 8) & 0xffff;
      if (type == (ipv6 ? TYPE_AAAA : TYPE_A)) {
        byte[] address = new byte[size];
        in.get(at + 10, address);
        return new Outcome(rcode, InetAddress.getByAddress(address));
      }
      at += 10 + size;
    }
    return new Outcome(rcode, null);
  }

  private static int afterName(ByteBuffer in, int start) {
    int at = start;
    while (in.get(at) != 0) {
      if ((in.get(at) & 0xc0) == 0xc0) {
        return at + 2;
      }
      at += in.get(at) + 1;
    }
    return at + 1;
  }

  @Override
  public void close() {
    socket.close();
  }
}
