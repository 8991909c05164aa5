package io.dotp.e2e;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program that is the worst of upstream servers, over UDP and TCP: it drops, delays, repeats,
 * cuts and forges, by chance that a seed and the number of the query decide. Arguments: address,
 * seed.
 *
 * <p>Whatever it means seriously has the address that {@link #address} gives; everything else,
 * 6.6.6 in front, so that it is recognised wherever it turns up.
 */
final class EvilUpstream {
  private static final int PORT = 53;
  private static final int TYPE_A = 1;
  private static final int RCODE_SERVFAIL = 2;
  private static final byte[] WRONG = {6, 6, 6, 6};

  private final long seed;
  private final AtomicLong count = new AtomicLong();
  private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
  private final ExecutorService streams = Executors.newCachedThreadPool();

  private EvilUpstream(long seed) {
    this.seed = seed;
  }

  public static void main(String[] arguments) throws IOException {
    EvilUpstream upstream = new EvilUpstream(Long.parseLong(arguments[1]));
    InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(arguments[0]), PORT);
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(address, 1024);
    upstream.streams.execute(() -> upstream.accept(listener));
    upstream.receive(new DatagramSocket(address));
  }

  /** The address of a number: of the name n0.example.com, n1.example.com, and so on. */
  static byte[] address(int number) {
    return new byte[] {(byte) 203, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
  }

  private Random chance() {
    Random random = new Random(seed + 7_919 * count.incrementAndGet());
    random.nextInt();
    return random;
  }

  private void receive(DatagramSocket socket) throws IOException {
    while (true) {
      DatagramPacket packet = new DatagramPacket(new byte[1_500], 1_500);
      socket.receive(packet);
      byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
      try {
        answer(socket, packet.getSocketAddress(), query, chance());
      } catch (IOException e) {
        System.err.println("evil upstream: " + e);
      }
    }
  }

  private void answer(DatagramSocket socket, SocketAddress asker, byte[] query, Random random)
      throws IOException {
    byte[] good = good(query);
    int choice = random.nextInt(100);
    if (choice < 55) {
      send(socket, asker, good);
    } else if (choice < 62) {
      // Dropped.
      return;
    } else if (choice < 70) {
      long delay = 1L + random.nextInt(1_500);
      var unused = later.schedule(() -> quietly(socket, asker, good), delay, TimeUnit.MILLISECONDS);
    } else if (choice < 74) {
      send(socket, asker, good);
      send(socket, asker, good);
    } else if (choice < 80) {
      send(socket, asker, truncated(query));
    } else if (choice < 82) {
      send(socket, asker, failure(query));
    } else {
      for (int i = 0; i <= random.nextInt(3); i++) {
        send(socket, asker, wrong(query, random));
      }
      if (random.nextBoolean()) {
        send(socket, asker, good);
      }
    }
  }

  private static void send(DatagramSocket socket, SocketAddress asker, byte[] message)
      throws IOException {
    socket.send(new DatagramPacket(message, message.length, asker));
  }

  private static void quietly(DatagramSocket socket, SocketAddress asker, byte[] message) {
    try {
      send(socket, asker, message);
    } catch (IOException e) {
      System.err.println("evil upstream: " + e);
    }
  }

  private void accept(ServerSocket listener) {
    while (true) {
      try {
        Socket socket = listener.accept();
        streams.execute(() -> serve(socket));
      } catch (IOException e) {
        System.err.println("evil upstream: " + e);
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        if (!answer(socket.getOutputStream(), query, chance())) {
          return;
        }
      }
    } catch (IOException e) {
      // The other side has closed, as it may.
    }
  }

  /** False when the connection is to be closed. */
  private static boolean answer(OutputStream out, byte[] query, Random random) throws IOException {
    byte[] good = framed(good(query));
    int choice = random.nextInt(100);
    if (choice < 55) {
      out.write(good);
    } else if (choice < 70) {
      for (byte single : good) {
        out.write(single);
        out.flush();
      }
    } else if (choice < 80) {
      out.write(good, 0, 1 + random.nextInt(good.length - 1));
      return false;
    } else if (choice < 85) {
      return false;
    } else if (choice < 90) {
      out.write(framed(wrong(query, random)));
    } else if (choice < 95) {
      out.write(framed(wrong(query, random)));
      out.write(good);
    }
    return true;
  }

  private static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(message.length + 2)
        .putShort((short) message.length)
        .put(message)
        .array();
  }

  private static int questionEnd(byte[] query) {
    int at = 12;
    while (query[at] != 0) {
      at += query[at] + 1;
    }
    return at + 5;
  }

  /** The number in the first label, whatever the case of its letter. */
  private static int number(byte[] query) {
    return Integer.parseInt(
        new String(query, 14, query[12] - 1, java.nio.charset.StandardCharsets.US_ASCII));
  }

  private static byte[] good(byte[] query) {
    return message(query, 0x8180, address(number(query)));
  }

  private static byte[] failure(byte[] query) {
    return message(query, 0x8180 | RCODE_SERVFAIL, null);
  }

  private static byte[] truncated(byte[] query) {
    return message(query, 0x8380, null);
  }

  private static byte[] message(
      byte[] query, int flags, byte @org.jspecify.annotations.Nullable [] address) {
    int end = questionEnd(query);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(query, 0, 2);
    int answers = address == null ? 0 : 1;
    out.writeBytes(
        ByteBuffer.allocate(10)
            .putShort((short) flags)
            .putShort((short) 1)
            .putShort((short) answers)
            .putShort((short) 0)
            .putShort((short) 0)
            .array());
    out.write(query, 12, end - 12);
    if (address != null) {
      out.writeBytes(
          ByteBuffer.allocate(16)
              .putShort((short) 0xc00c)
              .putShort((short) TYPE_A)
              .putShort((short) 1)
              .putInt(300)
              .putShort((short) 4)
              .put(address)
              .array());
    }
    return out.toByteArray();
  }

  /** In a way that nobody may take for an answer to this query. */
  private static byte[] wrong(byte[] query, Random random) {
    byte[] message = message(query, 0x8180, WRONG);
    int end = questionEnd(query);
    switch (random.nextInt(9)) {
      case 0 -> message[random.nextInt(2)] ^= (byte) (1 + random.nextInt(255));
      case 1 -> message[13] ^= 1;
      case 2 -> message[end - 3] ^= 12;
      case 3 -> message[end - 1] ^= 2;
      case 4 -> message[2] &= 0x7f;
      case 5 -> message = Arrays.copyOf(message, end + random.nextInt(16));
      case 6 -> message[7] = 9;
      case 7 -> message[end + 1] = (byte) 0xff;
      default -> message = Arrays.copyOf(message, random.nextInt(12));
    }
    return message;
  }
}
